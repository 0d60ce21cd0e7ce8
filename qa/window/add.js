// Files that are dropped anywhere on the page, or chosen, are sent as they are; the server looks at each.
const limit = (name) => Number(element.querySelector('[data-files]').dataset[name]);
const read = (file) => new Promise((done) => {
  const reader = new FileReader();
  reader.onload = () => done(reader.result.slice(reader.result.indexOf(',') + 1));
  reader.onerror = () => done('');  // a folder, or a file that has gone
  reader.readAsDataURL(file);
});
const send = async (files) => {
  if (!files.length) return;
  const total = files.reduce((sum, file) => sum + (file.size > limit('largest') ? 0 : file.size), 0);
  const named = files.slice(0, limit('files') + 1).map((file) => ({name: file.name, size: file.size}));
  if (files.length > limit('files')) {
    // Their number alone says that they are too many.
    trigger('add_files', {files: files.map(() => ({name: '', size: 0}))});
    return;
  }
  if (total > limit('bytes')) { trigger('add_files', {files: named}); return; }
  document.body.classList.add('sending');
  const sent = [];
  for (const [place, file] of files.entries()) {
    sent.push(file.size > limit('largest') ? named[place] : {...named[place], data: await read(file)});
  }
  trigger('add_files', {files: sent});
  document.body.classList.remove('sending');
};
const holdsFiles = (event) => [...(event.dataTransfer?.types || [])].includes('Files');
document.addEventListener('dragover', (event) => {
  if (!holdsFiles(event)) return;
  event.preventDefault();
  document.body.classList.add('dropping');
});
document.addEventListener('dragleave', (event) => {
  if (!event.relatedTarget) document.body.classList.remove('dropping');
});
document.addEventListener('drop', (event) => {
  document.body.classList.remove('dropping');
  if (!holdsFiles(event)) return;
  event.preventDefault();
  send([...event.dataTransfer.files]);
});
document.addEventListener('click', (event) => {
  const button = event.target.closest('.drop-zone .choose');
  if (button) button.parentElement.querySelector('input').click();
});
document.addEventListener('change', (event) => {
  if (!event.target.matches('.drop-zone input')) return;
  send([...event.target.files]);
  event.target.value = '';
});
// Removing is asked twice, in the same place.
document.addEventListener('click', (event) => {
  const button = event.target.closest('.added .remove');
  if (!button) return;
  if (button.classList.contains('sure')) { trigger('remove_added', {name: button.dataset.name}); return; }
  button.classList.add('sure');
  const words = button.textContent;
  button.textContent = 'Remove it for good';
  setTimeout(() => { button.classList.remove('sure'); button.textContent = words; }, 5000);
});
