// Puts the picture of a page where the open article keeps a place for it; one that comes after another was opened is
// left out.
watch('value', () => {
  const made = element.querySelector('[data-made]'), place = document.querySelector('#reader .page-picture');
  if (!made || !place || ['article', 'page'].some((part) => made.dataset[part] !== place.dataset[part])) return;
  place.querySelector('.drawn').replaceChildren(...made.childNodes);
  place.querySelector('.enlarge').hidden = !place.querySelector('img');
});
document.addEventListener('click', (event) => {
  const button = event.target.closest('.page-picture .enlarge');
  if (!button) return;
  const large = button.closest('.page-picture').classList.toggle('large');
  button.textContent = large ? 'Smaller' : 'Larger';
});
