// The box belongs to whoever writes in it: no answer of the server fills or empties it, however late it comes. The server
// only says which question was taken, and which is given back; what stands in the box by then decides.
const DRAFT = 'article-qa-draft';
const box = () => document.querySelector('#ask textarea');
let writing = false;
const write = (text) => {
  writing = true;
  box().value = text;
  box().dispatchEvent(new Event('input', {bubbles: true}));  // Svelte listens for it, and so does what follows
  writing = false;
};
// The draft comes back as soon as there is a box, and again if the page empties it while it is still being built.
const bringBack = () => {
  const draft = localStorage.getItem(DRAFT);
  if (draft && box() && !box().value) write(draft);
};
const built = new MutationObserver(bringBack);
document.addEventListener('input', (event) => {
  if (event.target !== box()) return;
  if (!writing) built.disconnect();
  localStorage.setItem(DRAFT, box().value);
});
if (box() && box().value) localStorage.setItem(DRAFT, box().value);  // was written before this script ran
built.observe(document.body, {childList: true, subtree: true});
bringBack();

let done = '';
watch('value', () => {
  const told = element.querySelector('[data-key]');
  if (!told || told.dataset.key === done) return;  // the last news of an answer comes more than once
  done = told.dataset.key;
  built.disconnect();
  const written = box().value.trim(), question = told.textContent;
  if (told.matches('.taken') && written === question.trim()) write('');
  if (told.matches('.returned') && !written) write(question);
});
