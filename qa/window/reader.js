// Shows the reader while it holds an article, and moves to the marked sentence. Back leads to where one was.
const side = document.getElementById('side');
const opened = () => element.querySelector('article.reader');
let before = {side: 0, page: 0}, walked = '', reading = false, shown = '';
document.addEventListener('scroll', () => { if (!opened() && !reading) before = {side: side.scrollTop, page: scrollY}; }, true);
element.addEventListener('click', (event) => { walked = event.target.closest('a.step')?.rel || ''; }, true);
const show = () => {
  const article = opened();
  document.body.classList.toggle('reading', !!article);
  renewFinder(article);
  if (article) {
    const mark = article.querySelector('mark'), bar = article.querySelector('.reader-bar');
    const target = (walked && article.querySelector(`a.step[rel="${walked}"]`)) || article.querySelector('h2');
    const page = article.querySelector('.page-picture');
    if (page) trigger('draw_page', {article: page.dataset.article, page: page.dataset.page});
    target.focus({preventScroll: true});
    side.scrollTop = 0;
    const top = mark ? mark.getBoundingClientRect().top - side.getBoundingClientRect().top : 0;
    if (mark && top + mark.offsetHeight > side.clientHeight - 80) side.scrollTop = top - Math.max(side.clientHeight / 3, bar.offsetHeight + 20);
  } else if (reading) {
    side.scrollTop = before.side;
    if (scrollY !== before.page) scrollTo(0, before.page);
    if (window.cameFrom?.isConnected) window.cameFrom.focus({preventScroll: true});
    window.cameFrom = null;
  }
  walked = '';
  reading = !!article;
};
// What the server opens is shown if it answers the last opening. A late answer to one before, or to one that was closed
// since, is left out.
const renew = () => {
  const article = opened();
  if (article && Number(article.dataset.opening || 0) !== (window.opening || 0)) { props.value = shown; return; }
  shown = props.value;
  show();
};
const close = () => {
  window.opening = (window.opening || 0) + 1;
  if (!reading) return;
  props.value = shown = '';
  queueMicrotask(show);  // after Gradio, which shows the value in a microtask too
};
element.addEventListener('click', (event) => {
  if (!event.target.closest('a.close')) return;
  event.preventDefault();
  close();
});
document.addEventListener('keydown', (event) => { if (event.key === 'Escape') close(); });
watch('value', renew);
renew();
