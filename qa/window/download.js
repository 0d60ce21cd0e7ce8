// Makes a download of the text that the element holds; nothing is fetched, so no file of the server can be.
watch('value', () => {
  const held = element.querySelector('.download');
  if (!held) return;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([held.textContent], {type: `${held.dataset.type};charset=utf-8`}));
  link.download = held.dataset.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
});
