// A click on a source, a name or a bar narrows the list; bars are also chosen by drawing across them.
{
  const barsOf = (bar) => [...bar.parentElement.querySelectorAll('.bar')];
  const daysOf = (bar) => decodeURIComponent(bar.getAttribute('href').slice('#days-'.length)).split('/');
  let from = null, to = null;
  const between = () => {
    const all = barsOf(from), places = [all.indexOf(from), all.indexOf(to)].sort((one, other) => one - other);
    return all.slice(places[0], places[1] + 1);
  };
  const choose = (all) => trigger('choose_days', {days: `${daysOf(all[0])[0]}/${daysOf(all[all.length - 1])[1]}`});
  document.addEventListener('pointerdown', (event) => {
    from = to = event.button === 0 && event.target instanceof Element ? event.target.closest('.bar') : null;
    if (from) event.target.releasePointerCapture?.(event.pointerId);  // so that a finger, too, passes over other bars
  });
  document.addEventListener('pointermove', (event) => {
    const bar = from && document.elementFromPoint(event.clientX, event.clientY)?.closest('.bar');
    if (!bar || bar === to || bar.parentElement !== from.parentElement) return;
    to = bar;
    barsOf(from).forEach((one) => one.classList.toggle('drawn', between().includes(one)));
  });
  document.addEventListener('pointerup', () => {
    if (from && from !== to) choose(between());
    from = null;
  });
  document.addEventListener('pointercancel', () => { from = null; });
  document.addEventListener('click', (event) => {
    const target = event.target instanceof Element ? event.target : document.body;
    const bar = target.closest('.bar'), outlet = target.closest('.outlet'), entity = target.closest('.entity');
    if (bar) choose([bar]);
    else if (outlet) trigger('toggle_source', {name: decodeURIComponent(outlet.getAttribute('href').slice('#source-'.length))});
    else if (entity) trigger('toggle_entity', {entity: decodeURIComponent(entity.getAttribute('href').slice('#entity-'.length))});
    else if (target.closest('.all-days')) trigger('choose_days', {days: ''});
    else return;
    event.preventDefault();
  });
}
