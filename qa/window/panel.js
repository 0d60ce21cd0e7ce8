// Every link of ours on the page, also those in the conversation, ends up here.
const copy = async (button) => {
  const read = (part) => button.parentElement.querySelector(part).textContent;
  const parts = {'text/plain': read('.copied'), 'text/html': read('.copied-html')};
  const words = button.textContent;
  try {
    const blobs = Object.entries(parts).map(([type, text]) => [type, new Blob([text], {type})]);
    await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
  } catch {  // a page that is not served by this computer may not
    const put = (event) => {
      Object.entries(parts).forEach(([type, text]) => event.clipboardData.setData(type, text));
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    document.addEventListener('copy', put, {capture: true, once: true});
    document.execCommand('copy');
    document.removeEventListener('copy', put, {capture: true});
  }
  button.textContent = 'Copied';
  setTimeout(() => { button.textContent = words; }, 2000);
};
const copyLink = async (link) => {
  const words = link.textContent;
  const address = new URL(link.getAttribute('href'), location.href.split(/[?#]/)[0]).href;
  try { await navigator.clipboard.writeText(address); link.textContent = 'Copied'; } catch { link.textContent = address; return; }
  setTimeout(() => { link.textContent = words; }, 2000);
};
// Back leads to the link that opened the reader, not to one inside it. The reader shows what was opened last.
const open = (link, event, place) => {
  if (!link.closest('#reader')) window.cameFrom = link;
  window.opening = (window.opening || 0) + 1;
  trigger(event, {...place, opening: window.opening});
};
const follow = (target) => {
  if (target.closest('.permalink')) { copyLink(target.closest('.permalink')); return true; }
  if (target.closest('.copy')) { copy(target.closest('.copy')); return true; }
  const card = target.closest('.cited') || target.closest('.card');
  const link = target.closest('a') || (card && !String(getSelection()) ? card.querySelector('a') : null);
  const place = (link && link.getAttribute('href') || '').replace(/^#/, '');
  if (/^m\d+-[cn]\d+(-a\d+)?$/.test(place)) open(link, 'open_source', {reference: place});
  else if (/^article-/.test(place)) open(link, 'open_article', {id: decodeURIComponent(place.slice(8))});
  else if (/^find-/.test(place)) trigger('find_articles', {words: decodeURIComponent(place.slice(5))});
  else if (/^ask-/.test(place)) trigger('ask_offered', {question: decodeURIComponent(place.slice(4))});
  else if (place === 'more') trigger('more_articles', {});
  else if (/^export-\w+$/.test(place)) trigger('export', {format: place.slice(7)});
  else if (/^without-\w+$/.test(place)) trigger('ask_without', {option: place.slice(8)});
  else if (/^chat-\w+$/.test(place)) trigger('open_chat', {key: place.slice(5)});
  else return false;
  return true;
};
document.addEventListener('click', (event) => {
  if (!event.ctrlKey && !event.metaKey && follow(event.target)) event.preventDefault();
});

// Brings the marked sentence of each card into its view, which is too low for a long passage.
const settle = (root) => root.querySelectorAll('.quote').forEach((quote) => {
  const mark = quote.querySelector('mark');
  if (!mark || !quote.clientHeight || quote.scrollHeight <= quote.clientHeight + 2) return;
  quote.scrollTop = mark.offsetTop - 26;
  quote.classList.add('cut');
  quote.classList.toggle('top', quote.scrollTop < 4);
  quote.classList.toggle('end', quote.scrollTop + quote.clientHeight > quote.scrollHeight - 4);
});
watch('value', () => { settle(element); document.getElementById('side').scrollTop = 0; });
settle(element);
document.addEventListener('toggle', (event) => settle(event.target), true);

// A date may be typed in words; the calendar beside it writes one. Svelte listens for `input`, and the server for `blur`.
const addCalendar = (field) => {
  const name = field.closest('.block').querySelector('[data-testid="block-info"]').textContent.trim();
  const day = Object.assign(document.createElement('input'), {type: 'date', tabIndex: -1});
  day.setAttribute('aria-hidden', 'true');
  const button = Object.assign(document.createElement('button'), {type: 'button', className: 'calendar'});
  button.innerHTML = '<svg viewBox="0 0 18 18" aria-hidden="true"><path d="M2.5 4h13v11.5h-13zM2.5 7.5h13M6 2v3.5M12 2v3.5"/></svg>';
  button.setAttribute('aria-label', `${name}: calendar`);
  button.addEventListener('click', (event) => {
    event.preventDefault();
    if (/^\d{4}-\d\d-\d\d$/.test(field.value)) day.value = field.value;
    day.showPicker();
  });
  day.addEventListener('change', () => {
    field.value = day.value;
    field.dispatchEvent(new Event('input', {bubbles: true}));
    field.focus();
    field.blur();
  });
  field.setAttribute('aria-label', name);  // otherwise the button, which is inside the label too, would be in its name
  field.parentElement.append(button, day);
};

// Gradio labels messages with their HTML, which would be read aloud. The last question stays in sight above its answer.
let newest = null;
new MutationObserver(() => {
  const chat = document.getElementById('chat');
  if (!chat) return;
  chat.querySelectorAll('[data-testid][aria-label*="<"]').forEach((message) => message.removeAttribute('aria-label'));
  document.querySelectorAll('.written-date input[data-testid="textbox"]').forEach((field) => {
    if (!field.parentElement.querySelector('.calendar')) addCalendar(field);
    const wrong = String(!!field.closest('.written-date').querySelector('.refused'));
    if (field.getAttribute('aria-invalid') !== wrong) field.setAttribute('aria-invalid', wrong);
  });
  const questions = chat.querySelectorAll('.question');
  const last = questions[questions.length - 1] || null;
  const answer = last && chat.querySelector('.message-wrap').lastElementChild;
  const state = last && `${questions.length} ${answer.textContent.length}`;
  if (state === newest) return;
  newest = state;
  if (!last) return;
  const frame = chat.querySelector('.panel-wrap');
  if (frame.scrollHeight > frame.clientHeight + 2) {
    frame.scrollTop += last.getBoundingClientRect().top - frame.getBoundingClientRect().top;
  } else if (last.getBoundingClientRect().top < 0 || answer.getBoundingClientRect().bottom > innerHeight) {
    last.scrollIntoView();
  }
}).observe(document.body, {childList: true, subtree: true, characterData: true});
