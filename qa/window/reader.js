// Shows the reader while it holds an article, and moves to the marked sentence. Back leads to where one was.
const side = document.getElementById('side');
const opened = () => element.querySelector('article.reader');
let before = {side: 0, page: 0}, walked = '', reading = false;
document.addEventListener('scroll', () => { if (!opened() && !reading) before = {side: side.scrollTop, page: scrollY}; }, true);
element.addEventListener('click', (event) => { walked = event.target.closest('a.step')?.rel || ''; }, true);
const show = () => {
  const article = opened();
  document.body.classList.toggle('reading', !!article);
  renewFinder(article);
  if (article) {
    const mark = article.querySelector('mark'), bar = article.querySelector('.reader-bar');
    const target = (walked && article.querySelector(`a.step[rel="${walked}"]`)) || article.querySelector('h2');
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
watch('value', show);
show();
