// Cards over the marks [n] of an answer: on hover, keyboard focus and tap. They are popovers, so the browser closes them
// on Escape and on a click elsewhere.
{
  const MARK = '#chat a.cite[href^="#m"]';
  const SOON = 120, LINGER = 250;  // ms: no card for a mouse that passes by; time to move from a mark into its card
  let adopted = null, mark = null, awaited = null, timer = 0, followed = null, touched = false, wasOpen = false, busy = false;
  // A popover inside a hidden panel is not shown, so the cards leave theirs.
  const host = Object.assign(document.createElement('div'), {className: 'cards-host'});
  const cardOf = (link) => document.getElementById(`card-${link.getAttribute('href').slice(1)}`);
  // Gradio strips these attributes from what stands in a conversation.
  const label = () => document.querySelectorAll(`${MARK}:not([aria-expanded])`).forEach((link) => {
    const card = cardOf(link);
    if (!card) return;
    const [title, facts] = ['.over-title', '.over-facts'].map((part) => card.querySelector(part).textContent);
    const given = {label: `${link.textContent} ${title}, ${facts.replaceAll(' · ', ', ')}`, haspopup: 'dialog', controls: card.id, expanded: 'false'};
    Object.entries(given).forEach(([name, value]) => link.setAttribute(`aria-${name}`, value));
  });
  new MutationObserver(label).observe(document.getElementById('chat'), {childList: true, subtree: true});
  const isOpen = (card) => !!card && card.matches(':popover-open');
  const place = (link, card) => {
    const box = link.getClientRects()[0], margin = 12;
    const left = Math.min(Math.max(margin, box.left - 24), innerWidth - card.offsetWidth - margin);
    const below = box.bottom + 8 + card.offsetHeight <= innerHeight - margin || box.top < innerHeight / 2;
    card.style.left = `${left}px`;
    card.style.top = `${below ? box.bottom + 8 : Math.max(margin, box.top - card.offsetHeight - 8)}px`;
  };
  // A card that closes gives the focus back, whose event must not open a card meanwhile.
  const alone = (act) => {
    const before = busy;
    busy = true;
    try { act(); } finally { busy = before; }
  };
  const open = (link) => {
    clearTimeout(timer);
    const card = cardOf(link);
    awaited = card ? null : link;
    if (!card || isOpen(card) || busy) return;
    const hadFocus = document.activeElement === link;
    close();
    alone(() => {
      mark = link;
      card.showPopover();
      place(link, card);
      if (hadFocus && document.activeElement !== link) link.focus();
    });
  };
  const close = () => {
    clearTimeout(timer);
    awaited = null;
    if (mark && isOpen(cardOf(mark))) alone(() => cardOf(mark).hidePopover());
  };
  // An answer may be shown before its cards are here.
  const renew = () => {
    const cards = element.querySelector('template.cards-over-marks');
    if (cards === adopted) return;
    adopted = cards;
    host.replaceChildren(...(cards ? [cards.content.cloneNode(true)] : []));
    if (!host.isConnected) document.querySelector('.gradio-container .contain').append(host);
    label();
    if (awaited && awaited.isConnected) open(awaited);
  };
  new MutationObserver(renew).observe(element, {childList: true, subtree: true});
  renew();
  const inSight = (link) => {
    const box = link.getClientRects()[0];
    const there = box && document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return !!there && (link.contains(there) || cardOf(link).contains(there));
  };
  const focused = () => mark && [mark, cardOf(mark)].some((part) => part && part.contains(document.activeElement));
  const later = (act, wait) => { clearTimeout(timer); timer = setTimeout(act, wait); };
  const at = (event, selector) => (event.target instanceof Element ? event.target.closest(selector) : null);

  document.addEventListener('pointerover', (event) => {
    if (event.pointerType !== 'mouse') return;
    const link = at(event, MARK);
    if (link !== followed) followed = null;
    if (link && link === followed) return;
    if (link) later(() => open(link), SOON);
    else if (at(event, '.over')) clearTimeout(timer);
    else if (!focused()) later(close, LINGER);
  });
  document.addEventListener('focusin', (event) => {
    const link = at(event, MARK);
    if (link && link.matches(':focus-visible')) open(link);
    else if (!at(event, '.over')) close();
  });
  document.addEventListener('pointerdown', (event) => {
    touched = event.pointerType === 'touch';
    const link = at(event, MARK);
    wasOpen = !!link && isOpen(cardOf(link));
  }, true);
  // A tap shows the card, whose "Open" leads on; a click or the Enter key on a mark leads to the article at once.
  document.addEventListener('click', (event) => {
    const link = at(event, MARK), card = at(event, '.over');
    if (link && touched) {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (wasOpen) close(); else open(link);
    } else if (link || (card && at(event, '.over-open'))) {
      const from = mark;
      followed = link;
      close();
      if (card) setTimeout(() => { window.cameFrom = from; });
    }
    touched = false;
  }, true);
  document.addEventListener('keydown', (event) => {
    if (!mark || !isOpen(cardOf(mark))) return;
    const card = cardOf(mark), inside = card.contains(document.activeElement);
    if (event.key === 'Escape') {
      if (inside) mark.focus();
      close();
    } else if (event.key === 'Tab' && !event.shiftKey && document.activeElement === mark) {
      card.querySelector('.over-open').focus();
    } else if (event.key === 'Tab' && inside) {
      const from = mark;
      from.focus();
      if (!event.shiftKey) { close(); return; }  // and on from the mark, as the key does by itself
    } else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  document.addEventListener('toggle', (event) => {
    if (!(event.target instanceof Element) || !event.target.matches('.over')) return;
    const shown = event.newState === 'open';
    document.querySelectorAll(MARK).forEach((link) => {
      if (cardOf(link) === event.target) link.setAttribute('aria-expanded', String(shown));
    });
  }, true);
  // A tap comes with the last of a scroll: the card follows its mark as long as that is in sight.
  document.addEventListener('scroll', (event) => {
    if (at(event, '.over') || !mark || !isOpen(cardOf(mark))) return;
    if (inSight(mark)) place(mark, cardOf(mark)); else close();
  }, true);
}
