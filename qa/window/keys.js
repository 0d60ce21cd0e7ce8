// Keys and folds: "/" leads to the question, the up arrow in an empty box brings the last one, Escape closes a fold.
{
  const box = () => document.querySelector('#ask textarea');
  const writes = (target) => target instanceof Element && !!target.closest('input:not([type="checkbox"]), textarea, select, [contenteditable="true"]');
  const closeFold = (target) => {
    const part = target instanceof Element ? target : document.body;
    const own = part.closest('details[open]') || document.querySelector('.unread[open], .export[open]');
    const fold = part.closest('.fold');
    const button = fold && fold.querySelector('button.label-wrap.open, .label-wrap.open');
    if (own) {
      own.open = false;
      own.querySelector('summary').focus();
    } else if (button && !part.closest('[aria-expanded="true"]:not(.label-wrap)')) {
      button.click();
      button.focus();
    }
    return !!(own || button);
  };
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const field = box();
    if (event.key === '/' && field && !writes(event.target)) field.focus();
    else if (event.key === 'ArrowUp' && event.target === field && !field.value) {
      const asked = document.querySelectorAll('#chat .question');
      if (!asked.length) return;
      field.value = asked[asked.length - 1].textContent;
      field.dispatchEvent(new Event('input', {bubbles: true}));
    } else if (event.key === 'Escape' && closeFold(event.target)) event.stopImmediatePropagation();
    else return;
    event.preventDefault();
  }, true);
  // What a fold opens comes into view.
  const reveal = (fold) => requestAnimationFrame(() => fold.scrollIntoView({block: 'nearest'}));
  document.addEventListener('toggle', (event) => { if (event.target.matches?.('details[open]')) reveal(event.target); }, true);
  document.addEventListener('click', (event) => {
    const fold = event.target instanceof Element && event.target.closest('.fold > .label-wrap, .fold > button');
    if (fold) setTimeout(() => reveal(fold.parentElement), 100);
  });
  // What the switches do, on hover and to a screen reader.
  const WHY = {
    'Prefer recent articles': 'Of articles that answer alike, those published shortly before today come first. Nothing is left out.',
    'Use dates and sources in the question': 'A period or a source that the question names, such as “in March 2020”, is preferred. Nothing is left out.',
  };
  const explain = () => document.querySelectorAll('#tools label:not([title])').forEach((label) => {
    const why = WHY[label.textContent.trim()], field = label.querySelector('input');
    if (!why || !field) return;
    label.title = why;
    field.setAttribute('aria-description', why);
  });
  // Gradio calls its example questions a list without items; they are buttons.
  const group = () => document.querySelectorAll('#chat .examples[role="list"]').forEach((all) => {
    all.setAttribute('role', 'group');
    all.setAttribute('aria-label', 'Questions to start with');
  });
  explain();
  group();
  new MutationObserver(group).observe(document.getElementById('chat') || document.body, {childList: true, subtree: true});
  new MutationObserver(explain).observe(document.getElementById('tools') || document.body, {childList: true, subtree: true});
}
