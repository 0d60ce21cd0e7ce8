// Earlier conversations are searched, renamed and deleted where they stand.
document.addEventListener('input', (event) => {
  if (!event.target.matches('.find-chat')) return;
  const list = event.target.closest('.chats');
  const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  list.querySelectorAll('li').forEach((item) => {
    item.hidden = !words.every((word) => item.dataset.words.includes(word));
    found += !item.hidden;
  });
  list.querySelector('.none-found').hidden = found > 0;
});
const rename = (button) => {
  const link = button.closest('li').querySelector('a');
  const field = Object.assign(document.createElement('input'), {className: 'new-name', value: link.textContent, maxLength: 200});
  field.setAttribute('aria-label', 'Name of this conversation');
  link.hidden = true;
  link.after(field);
  field.focus();
  field.select();
  let done = false;
  const end = (save) => {
    if (done) return;
    done = true;
    const name = field.value;
    field.remove();
    link.hidden = false;
    if (save && name !== link.textContent) trigger('rename_chat', {key: button.dataset.key, name});
  };
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') end(true);
    if (event.key === 'Escape') { event.stopPropagation(); end(false); }
  });
  field.addEventListener('blur', () => end(true));
};
const twice = (button, words, act) => {  // what cannot be undone is asked twice, in the same place
  if (button.classList.contains('sure')) { act(); return; }
  const before = button.textContent;
  button.classList.add('sure');
  button.textContent = words;
  setTimeout(() => { button.classList.remove('sure'); button.textContent = before; }, 5000);
};
document.addEventListener('click', (event) => {
  const button = event.target.closest('.chats button');
  if (!button) return;
  if (button.matches('.rename')) rename(button);
  else if (button.matches('.unsave')) trigger('unsave_question', {key: button.dataset.key});
  else twice(button, 'Delete for good', () => trigger('delete_chat', {key: button.dataset.key}));
});

// What a person says of an answer. A window that is read-only keeps nothing.
if (element.querySelector('.read-only')) document.body.classList.add('read-only');
document.addEventListener('click', (event) => {
  const link = event.target.closest('a.judge');
  if (!link) return;
  event.preventDefault();
  trigger('judge', {where: link.getAttribute('href').slice('#judge-'.length)});
});

// A limit is taken away by its chip; a date that may be two days is chosen.
document.addEventListener('click', (event) => {
  const chip = event.target.closest('.chip button'), day = event.target.closest('a.set-day');
  if (chip) trigger('drop_limit', {which: chip.dataset.which});
  if (!day) return;
  event.preventDefault();
  trigger('set_day', {which: day.dataset.which, day: day.dataset.day});
});

// Saved questions.
document.addEventListener('click', (event) => {
  const link = event.target.closest('a.save, .saved li > a');
  if (!link) return;
  event.preventDefault();
  const place = link.getAttribute('href').slice(1);
  if (place.startsWith('saved-')) { trigger('ask_saved', {key: place.slice('saved-'.length)}); return; }
  trigger('save_question', {turn: place.slice('save-'.length)});
  link.classList.add('chosen');
});
