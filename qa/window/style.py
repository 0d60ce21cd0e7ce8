"""How the window looks and what its links do: a style sheet and two scripts, as text for `app.py` to hand to Gradio."""

__all__ = ["CSS", "PANEL_SCRIPT", "READER_SCRIPT"]

# Gradio puts its own selector in front of every comma, also inside `:is(...)`, so there is none of those.
CSS = """
:root {
  --paper: #fbfaf6; --sheet: #ffffff; --ink: #211d19; --soft: #655e56; --faint: #8b8378; --rule: #e2dccf;
  --accent: #8c1c21; --fill: #8c1c21; --tint: #f8f1dc; --marked: #fbe08d; --marked-ink: #211d19;
  --refuse: #f3f0e9; --good: #33703f;
  --serif: Charter, "Iowan Old Style", Georgia, "Liberation Serif", serif;
}
.dark {
  --paper: #171513; --sheet: #211e1a; --ink: #ece7dd; --soft: #b0a89c; --faint: #8d857a; --rule: #3a352e;
  --accent: #f0938c; --fill: #a83a36; --tint: #2d2719; --marked: #6b5514; --marked-ink: #fff6d8;
  --refuse: #23201c; --good: #8fc79b;
}
body, gradio-app, .gradio-container { background: var(--paper) !important; color: var(--ink); }
.gradio-container {
  --block-background-fill: transparent; --block-border-width: 0px; --block-padding: 0px; --block-shadow: none;
  --layout-gap: 10px; --form-gap-width: 0px; --body-text-color: var(--ink); --block-info-text-color: var(--soft);
  --input-background-fill: var(--sheet); --input-background-fill-focus: var(--sheet); --input-border-width: 1px;
  --input-border-color: var(--rule); --input-border-color-focus: var(--accent); --input-shadow: none;
  --input-shadow-focus: none; --border-color-primary: var(--rule); --checkbox-background-color: var(--sheet);
  --checkbox-border-color: var(--faint); --checkbox-background-color-selected: var(--fill);
  --checkbox-border-color-selected: var(--fill); --block-label-background-fill: transparent;
  --button-secondary-background-fill: transparent; --button-secondary-background-fill-hover: var(--refuse);
  --button-secondary-text-color: var(--ink); --button-secondary-border-color: var(--rule);
  --color-accent: var(--fill); --primary-500: var(--fill); --primary-600: var(--fill);
  max-width: 1440px !important; margin: 0 auto !important; padding: 0 32px !important; overflow: visible !important;
}
.gradio-container main, .gradio-container .main, .gradio-container .wrap {
  padding: 0 !important; max-width: none !important; }
.gradio-container, .gradio-container .main, .gradio-container .wrap, .gradio-container main,
.gradio-container main > .column { width: 100%; }
.gradio-container .html-container { padding: 0 !important; }
.gradio-container .form { background: none; border: 0; box-shadow: none; overflow: visible; }
a:focus-visible, summary:focus-visible, button:focus-visible, textarea:focus-visible, input:focus-visible {
  outline: 2px solid var(--accent) !important; outline-offset: 2px; border-radius: 3px; }
.reader h2:focus { outline: none; }
@media (prefers-reduced-motion: reduce) { * { animation: none !important; transition: none !important; } }

/* Masthead */
#masthead { flex-direction: row; align-items: baseline; justify-content: space-between; gap: 4px 32px; flex-wrap: wrap;
  border-bottom: 3px double var(--rule); padding: 16px 0 12px; }
#masthead > * { width: auto; flex: none; max-width: 100%; }
#masthead h1 { font: 700 27px/1.2 var(--serif); letter-spacing: -.01em; margin: 0; color: var(--ink); }
.status { display: flex; align-items: baseline; gap: 10px; color: var(--soft); font-size: 14.5px; }
.status::before { content: ""; flex: none; width: 8px; height: 8px; border-radius: 50%; background: var(--good); }
.status.busy::before { background: #c8912c; animation: breathe 1.4s ease-in-out infinite; }
.status.failed::before { background: var(--accent); }
.status progress { appearance: none; height: 5px; width: 150px; border: 0; border-radius: 3px; overflow: hidden;
  background: var(--rule); }
.status progress::-webkit-progress-bar { background: var(--rule); }
.status progress::-webkit-progress-value { background: var(--accent); transition: width .3s; }
.status progress::-moz-progress-bar { background: var(--accent); }
#masthead .html-container:has(.unread) { display: flex; flex-wrap: wrap; gap: 2px 18px; align-items: baseline; }
.unread { position: relative; font-size: 14.5px; color: var(--soft); }
.unread summary { cursor: pointer; }
.unread ul { position: absolute; right: 0; top: calc(100% + 6px); z-index: 20; box-sizing: border-box; margin: 0;
  width: min(560px, calc(100vw - 64px)); max-height: 60vh; overflow-y: auto; padding: 12px 16px 12px 16px;
  list-style: none; background: var(--sheet); border: 1px solid var(--rule); border-radius: 8px;
  box-shadow: 0 6px 24px rgb(0 0 0 / .14); scrollbar-width: thin; }
.unread li { margin: 0; padding: 5px 0; overflow-wrap: anywhere; }
.unread li + li { border-top: 1px solid var(--rule); }
.unread bdi { color: var(--ink); }
@keyframes breathe { 50% { opacity: .25; } }

/* Two columns, each with its own scrolling */
#desk { gap: 40px; align-items: flex-start; padding-top: 14px; }
#side { position: sticky; top: 14px; height: calc(100dvh - 104px); overflow-y: auto; scrollbar-width: thin;
  border-left: 1px solid var(--rule); padding: 0 8px 0 36px; scrollbar-color: var(--rule) transparent; }
#side > * { flex: none; }

/* Conversation */
#chat { overflow: visible !important; }
#chat .panel-wrap { scrollbar-width: thin; scrollbar-color: var(--rule) transparent; }
#chat .message-wrap { gap: 0 !important; padding: 0 12px 16px 0 !important; }
#chat .message, #chat .message-row, #chat .panel, #chat .bot, #chat .user {
  background: none !important; border: 0 !important; box-shadow: none !important;
  padding: 0 !important; max-width: 100% !important; width: 100%; margin: 0 !important;
  color: var(--ink); }
#chat .md { opacity: 1; font-size: 16px; color: var(--ink); }
#chat .md * { color: inherit; }
#chat .question { font: 700 23px/1.3 var(--serif); margin: 0; padding: 6px 44px 14px 0; letter-spacing: -.008em;
  scroll-margin-top: 6px; white-space: pre-wrap; overflow-wrap: anywhere; text-align: start; }
#chat .user-row:not(:first-child) { border-top: 1px solid var(--rule) !important; padding-top: 22px !important;
  margin-top: 18px !important; }
#chat .lead, #chat .more, #chat .note, #chat .by { color: var(--soft); }
#chat .lead, #chat .more, #chat .note { font-size: 15px; margin: 0 0 12px; }
#chat .said { margin: 0 0 16px; padding: 1px 0 1px 18px; border-left: 3px solid var(--rule); }
#chat .lead + .said { border-left-color: var(--accent); }
#chat .said q { font: 400 16px/1.55 var(--serif); white-space: pre-wrap; overflow-wrap: anywhere; }
#chat .lead + .said q { font-size: 19px; line-height: 1.5; }
#chat .by { display: block; font-size: 14px; margin-top: 4px; }
#chat a.cite { color: var(--accent); font-weight: 700; font-size: 14px; text-decoration: none; white-space: nowrap; }
#chat a.cite:hover { text-decoration: underline; text-underline-offset: 3px; }
#chat .notice, .reader .notice { background: var(--tint); border-radius: 6px; padding: 10px 14px; font-size: 15px;
  margin: 0 0 16px; }
.refusal { background: var(--refuse); border: 1px dashed var(--faint); border-radius: 8px; padding: 16px 20px;
  margin: 0 0 16px; }
.refusal p { margin: 0 0 8px; }
#chat .refusal .refusal-title { font-weight: 700; letter-spacing: .07em; text-transform: uppercase; font-size: 13px;
  color: var(--soft); }
#chat .closest summary { cursor: pointer; color: var(--soft); font-size: 15px; margin-bottom: 8px; }
#chat .closest .card:last-child { padding-bottom: 0; }
#chat .icon-button-wrapper, #chat .icon-button { background: none; border: 0; box-shadow: none; color: var(--faint); }
.dot { color: var(--faint) !important; }

/* Before the first question */
#chat .placeholder-content { padding: 0; height: auto; }
#chat .placeholder { padding: 12px 0 0; height: auto; align-items: flex-start; justify-content: flex-start; }
.welcome { text-align: left; max-width: 600px; }
#chat .welcome h2 { font: 700 32px/1.2 var(--serif); letter-spacing: -.012em; margin: 0 0 10px; }
#chat .welcome p { color: var(--soft); font-size: 17px; line-height: 1.5; margin: 0; }
#chat .examples { display: flex; flex-direction: column; gap: 0; margin: 22px 0 0; padding: 0; max-width: 600px;
  border-top: 1px solid var(--rule); }
#chat .example { background: none; border: 0; border-bottom: 1px solid var(--rule); border-radius: 0; padding: 11px 2px;
  width: 100%; min-height: 0; box-shadow: none; transform: none; }
#chat .example .example-text { font: 400 16px/1.4 var(--serif); color: var(--ink); text-align: left; }
#chat .example:hover .example-text { color: var(--accent); }

/* Asking */
#ask { overflow: visible !important; }
#ask .input-container { border: 1px solid var(--rule); border-radius: 8px; background: var(--sheet);
  padding: 5px 5px 5px 6px; align-items: center; }
#ask .input-container:focus-within { border-color: var(--accent); box-shadow: 0 0 0 1px var(--accent); }
#ask textarea { font-size: 17px; background: none; border: 0; outline: none !important;
  box-shadow: none; padding: 6px 8px; }
#ask button { background: var(--fill); color: #ffffff; border-radius: 5px; padding: 7px 18px; height: auto;
  font-weight: 700; font-size: 15px; margin: 0; }
#tools { align-items: center; flex-wrap: nowrap; }
#tools label { font-size: 15px; }
#tools button { border: 1px solid var(--rule); border-radius: 5px; font-size: 14px; font-weight: 400; }
.fold { border-top: 1px solid var(--rule) !important; border-radius: 0 !important; padding: 7px 0 !important;
  overflow: visible !important; }
.fold > button { font-size: 15px; color: var(--soft); padding: 0; gap: 12px; text-align: left; }
.fold.set > button { color: var(--ink); font-weight: 700; }
#talk:has(.fold .label-wrap.open) #chat { height: calc(100dvh - 424px) !important; min-height: 240px !important; }
.fold .limits { display: grid; grid-template-columns: 1fr 1fr 1.2fr; gap: 14px; padding-top: 8px; align-items: start; }
.fold .block { min-width: 0 !important; overflow: visible !important; }
.fold .written-date .input-container { position: relative; }
.fold .written-date input[data-testid] { padding-right: 38px; }
.fold .written-date input[type="date"] { position: absolute; right: 0; bottom: 0; width: 36px; height: 0; padding: 0;
  border: 0; opacity: 0; pointer-events: none; }
.fold .calendar { position: absolute; z-index: 2; right: 5px; top: calc(50% - 15px); width: 30px; height: 30px; padding: 6px;
  border: 0; background: none; color: var(--soft); }
.fold .calendar svg { display: block; width: 18px; height: 18px; fill: none; stroke: currentColor; stroke-width: 1.5; }
.fold .calendar:hover { color: var(--accent); }
.field-hint { font-size: 14px; line-height: 1.4; color: var(--soft); margin: 4px 0 0; overflow-wrap: anywhere; }
.field-hint.refused { color: var(--accent); }
.limits > .column:has(.refused) input[data-testid], .limits > .column:has(.refused) .wrap { border-color: var(--accent) !important; }
.fold .wrap-inner input:focus-visible { outline: none !important; }
.chats { list-style: none; margin: 6px 0 0; padding: 0; font-size: 15px; color: var(--soft); }
.chats a { display: block; padding: 6px 0; color: var(--ink); text-decoration: none; overflow-wrap: anywhere; }
.chats a:hover, .chats a[aria-current] { color: var(--accent); }

/* Sources */
.sources h2 { font: 700 13px/1.4 var(--font); letter-spacing: .07em; text-transform: uppercase; color: var(--soft);
  margin: 8px 0 10px; }
.sources { position: relative; }
.sources .copy { position: absolute; top: -3px; right: 0; color: var(--soft); font-size: 14px; padding: 2px 6px; }
.sources .copy:hover { color: var(--accent); }
.sources p.hint { color: var(--soft); font-size: 15px; margin: 0; }
.cards { list-style: none; margin: 0; padding: 0; }
.card { padding: 15px 0 18px; border-top: 1px solid var(--rule); cursor: pointer; margin: 0; }
.card-title { display: flex; gap: 10px; align-items: baseline; text-align: start; text-decoration: none; }
.card-title .number { flex: none; width: 22px; height: 22px; border: 1px solid var(--accent); color: var(--accent);
  font-size: 13px; font-weight: 700; border-radius: 11px; text-align: center; line-height: 20px; }
.card-title .headline { font: 700 16.5px/1.35 var(--serif); overflow-wrap: anywhere; color: var(--ink); }
.card:hover .headline { text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: 3px; }
.card > .facts, .card > .also { color: var(--soft); font-size: 14px; margin: 4px 0 8px 32px; overflow-wrap: anywhere; }
.card > .also { margin: 10px 0 0 32px; }
.card > .also a { text-decoration: underline; text-decoration-color: var(--faint); text-underline-offset: 3px; }
.strength { white-space: nowrap; }
.strength.strong { color: var(--good); font-weight: 700; } .strength.fair { font-weight: 700; }
.card > .quote { font: 400 14.5px/1.6 var(--serif); color: var(--soft); margin: 0 0 0 32px; padding: 0; border: 0;
  white-space: pre-wrap; overflow-wrap: anywhere; max-height: 12em; overflow: hidden; unicode-bidi: isolate;
  position: relative; }
.quote.cut { mask-image: linear-gradient(transparent 0, #000 1.6em, #000 calc(100% - 1.6em), transparent 100%); }
.quote.cut.top { mask-image: linear-gradient(#000 calc(100% - 1.9em), transparent 100%); }
.quote.cut.end { mask-image: linear-gradient(transparent 0, #000 1.9em); }
.gradio-container mark { background: var(--marked); color: var(--marked-ink); padding: .08em .06em; border-radius: 2px;
  box-decoration-break: clone; -webkit-box-decoration-break: clone; }

/* The stored article */
#side:has(article.reader) #sources { display: none !important; }
#side:not(:has(article.reader)) #reader { display: none !important; }
.reader-bar { position: sticky; top: 0; background: var(--paper); margin: 0; padding: 6px 0 10px; z-index: 2; }
.reader .close { color: var(--accent); text-decoration: none; font-size: 15px; }
.reader h2 { font: 700 25px/1.28 var(--serif); letter-spacing: -.01em; margin: 6px 0 8px; overflow-wrap: anywhere; }
.reader .facts { color: var(--soft); font-size: 14.5px; line-height: 1.65; margin: 0 0 18px; padding-bottom: 14px;
  border-bottom: 1px solid var(--rule); overflow-wrap: anywhere; }
.reader .facts span.line { display: block; }
.reader .facts a { text-decoration: underline; text-underline-offset: 3px; }
.article-text { font: 400 16px/1.7 var(--serif); white-space: pre-wrap; overflow-wrap: anywhere; padding-bottom: 60px;
  unicode-bidi: isolate; }
.article-text .furniture { color: var(--faint); font-size: 14px; }
.article-text span.passage { background: var(--tint); }
.article-text .end { display: block; height: .75em; }

@media (max-width: 900px) {
  .gradio-container { padding: 0 18px !important; }
  #desk { flex-direction: column; gap: 14px; }
  #desk > * { width: 100%; }
  #chat, #talk:has(.fold .label-wrap.open) #chat { height: auto !important; min-height: 0 !important; }
  #chat .panel-wrap { overflow: visible; height: auto; }
  #chat .welcome h2 { font-size: 27px; }
  #side { position: static; height: auto; overflow: visible; border-left: 0; border-top: 3px double var(--rule);
    padding: 10px 0 24px; }
  .fold .limits { grid-template-columns: 1fr 1fr; }
  .unread ul { right: auto; left: 0; width: calc(100vw - 64px); }
  .fold .limits > :last-child { grid-column: span 2; }
  .card > .facts, .card > .also, .card > .quote { margin-left: 0; }
  body.reading { overflow: hidden; }
  #side:has(article.reader) { position: fixed; inset: 0; z-index: 1000; background: var(--paper); padding: 0 18px;
    border: 0; overflow-y: auto; }
}
"""

# Runs once, for the sources panel; every link of ours on the page, also those in the conversation, ends up here.
PANEL_SCRIPT = r"""
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
const follow = (target) => {
  if (target.closest('.copy')) { copy(target.closest('.copy')); return true; }
  const card = target.closest('.card');
  const link = target.closest('a') || (card && !String(getSelection()) ? card.querySelector('.card-title') : null);
  const place = (link && link.getAttribute('href') || '').replace(/^#/, '');
  if (/^m\d+-[cn]\d+(-a\d+)?$/.test(place)) { window.cameFrom = link; trigger('open_source', {reference: place}); }
  else if (place === 'close') trigger('close_source', {});
  else if (/^chat-\w+$/.test(place)) trigger('open_chat', {key: place.slice(5)});
  else return false;
  return true;
};
document.addEventListener('click', (event) => { if (follow(event.target)) event.preventDefault(); });
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && document.body.classList.contains('reading')) trigger('close_source', {});
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
  chat.querySelectorAll('[aria-label*="<"]').forEach((message) => message.removeAttribute('aria-label'));
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
"""

# Runs once, for the reader: shows it while it holds an article, and moves to the marked sentence.
READER_SCRIPT = r"""
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
"""
