// Finds words in the open article. Hits are highlights of the browser, which leave the text as it is.
const ALIKE = {'‘': "'", '’': "'", 'ʼ': "'", '“': '"', '”': '"', '„': '"', '«': '"', '»': '"', '‐': '-', '‑': '-', '–': '-', '—': '-'};
const UNSEEN = /[\p{M}\u00ad\u200b-\u200f\u2060\ufeff]/gu;
const MOST = 5000;  // places that are marked; a page stays quick with that many
// Without case, accents and kinds of quotation mark, and any white space as one space; and where each unit came from.
const folded = (text) => {
  const units = [], places = [];
  let at = 0;
  for (const char of text) {
    let plain = ALIKE[char] || char;
    if (/\s/.test(char)) plain = units[units.length - 1] === ' ' ? '' : ' ';
    else if (plain > '\x7f') plain = plain.normalize('NFKD').replace(UNSEEN, '');
    for (const unit of plain.toLowerCase().split('')) { units.push(unit); places.push(at); }
    at += char.length;
  }
  places.push(at);
  return {words: units.join(''), places};
};
const finder = {article: null, text: null, ranges: [], here: -1};
const part = (name) => finder.article.querySelector(name);
const readText = () => {
  const nodes = [], starts = [];
  const walker = document.createTreeWalker(part('.article-text'), NodeFilter.SHOW_TEXT);
  let whole = '';
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    nodes.push(node);
    starts.push(whole.length);
    whole += node.data;
  }
  return {...folded(whole), nodes, starts};
};
const rangeOf = ({nodes, starts}, start, end) => {
  const holding = (at) => {
    let low = 0, high = starts.length - 1;
    while (low < high) { const middle = (low + high + 1) >> 1; if (starts[middle] <= at) low = middle; else high = middle - 1; }
    return low;
  };
  const range = document.createRange(), first = holding(start), last = holding(end - 1);
  range.setStart(nodes[first], start - starts[first]);
  range.setEnd(nodes[last], end - starts[last]);
  return range;
};
const paint = () => {
  if (!window.Highlight) return;
  CSS.highlights.set('found', new Highlight(...finder.ranges));
  CSS.highlights.set('found-here', new Highlight(...finder.ranges.slice(finder.here, finder.here + 1)));
  CSS.highlights.get('found-here').priority = 1;
};
const stepTo = (place) => {
  const number = finder.ranges.length;
  finder.here = number ? (place + number) % number : -1;
  paint();
  const sought = part('.find-field').value.trim();
  part('.find-count').textContent = !sought ? '' : number ? `${finder.here + 1} of ${number}` : 'none';
  if (!number) return;
  const side = document.getElementById('side'), box = finder.ranges[finder.here].getBoundingClientRect();
  const top = side.getBoundingClientRect().top, bar = part('.reader-bar').offsetHeight;
  if (box.top < top + bar || box.bottom > top + side.clientHeight - 8) side.scrollTop += box.top - top - side.clientHeight / 3;
};
const find = (words) => {
  finder.text = finder.text || readText();
  const {words: text, places} = finder.text, sought = folded(words.trim()).words;
  finder.ranges = [];
  for (let at = sought ? text.indexOf(sought) : -1; at >= 0 && finder.ranges.length < MOST; at = text.indexOf(sought, at + sought.length)) {
    finder.ranges.push(rangeOf(finder.text, places[at], places[at + sought.length]));
  }
  stepTo(0);
};
const renewFinder = (article) => {
  Object.assign(finder, {article, text: null, ranges: [], here: -1});
  if (window.Highlight) ['found', 'found-here'].forEach((name) => CSS.highlights.delete(name));
};
element.addEventListener('input', (event) => { if (event.target.matches('.find-field')) find(event.target.value); });
element.addEventListener('click', (event) => {
  const step = event.target.closest('.find-step');
  if (step && finder.ranges.length) stepTo(finder.here + Number(step.dataset.step));
  if (event.target.closest('.print')) window.print();
});
element.addEventListener('keydown', (event) => {
  if (!event.target.matches('.find-field, .find-step')) return;
  const field = part('.find-field');
  if (event.key === 'Enter' && event.target === field) stepTo(finder.here + (event.shiftKey ? -1 : 1));
  else if (event.key === 'Escape') {  // leaves the search, not the article
    field.value = '';
    find('');
    part('h2').focus({preventScroll: true});
  } else return;
  event.preventDefault();
  event.stopPropagation();
});
