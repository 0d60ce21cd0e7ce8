// Shows the reader while it holds an article, and moves to the marked sentence.
const show = () => {
  const article = element.querySelector('article.reader');
  const side = document.getElementById('side');
  document.body.classList.toggle('reading', !!article);
  if (article) {
    const mark = article.querySelector('mark');
    article.querySelector('h2').focus({preventScroll: true});
    side.scrollTop = 0;
    const top = mark ? mark.getBoundingClientRect().top - side.getBoundingClientRect().top : 0;
    if (top + mark?.offsetHeight > side.clientHeight - 80) side.scrollTop = top - side.clientHeight / 3;
  } else if (window.cameFrom) {
    if (window.cameFrom.isConnected) window.cameFrom.focus({preventScroll: true});
    window.cameFrom = null;
  }
};
watch('value', show);
show();
