"""How the window looks and what its links do: a style sheet and two scripts, as text for `app.py` to hand to Gradio."""

__all__ = ["CSS", "PANEL_SCRIPT", "READER_SCRIPT"]

CSS = """
:root {
  --paper: #fbfaf6; --sheet: #ffffff; --ink: #1f1c18; --soft: #69625a; --faint: #958d82; --rule: #e3ded3;
  --accent: #8c1c21; --tint: #f8f1dc; --marked: #fbe08d; --marked-ink: #1f1c18; --refuse: #f1eee8;
  --serif: Charter, "Iowan Old Style", "Source Serif 4", Georgia, "Liberation Serif", "Times New Roman", serif;
}
.dark {
  --paper: #171513; --sheet: #1f1c19; --ink: #ece7dd; --soft: #aaa296; --faint: #80786d; --rule: #38332d;
  --accent: #f0938c; --tint: #2d2719; --marked: #6b5514; --marked-ink: #fff6d8; --refuse: #24211d;
}
body, gradio-app, .gradio-container { background: var(--paper) !important; color: var(--ink); }
.gradio-container { max-width: 1500px !important; margin: 0 auto !important; padding: 0 28px !important; }
.gradio-container .main, .gradio-container main { padding: 0 !important; max-width: none !important; }
.gradio-container a { color: inherit; }
:is(a, summary, button, h2, textarea, input):focus-visible {
  outline: 2px solid var(--accent) !important; outline-offset: 2px; border-radius: 3px;
}
footer { display: none !important; }

/* Masthead */
#masthead { border-bottom: 3px double var(--rule); padding: 18px 0 12px; }
#masthead h1 { font: 700 30px/1.1 var(--serif); letter-spacing: -.01em; margin: 0; color: var(--ink); }
#masthead p { margin: 4px 0 0; color: var(--soft); font-size: 14px; }
.status { display: flex; align-items: center; gap: 14px; color: var(--soft); font-size: 14px; min-height: 22px; }
.status::before { content: ""; flex: none; width: 8px; height: 8px; border-radius: 50%; background: #4f8a5b; }
.status.busy::before { background: #c8912c; animation: breathe 1.4s ease-in-out infinite; }
.status.failed::before { background: var(--accent); }
.status progress { appearance: none; height: 4px; width: 160px; border: 0; border-radius: 2px; overflow: hidden; }
.status progress::-webkit-progress-bar { background: var(--rule); }
.status progress::-webkit-progress-value { background: var(--accent); transition: width .3s; }
.status progress::-moz-progress-bar { background: var(--accent); }
@keyframes breathe { 50% { opacity: .25; } }
@media (prefers-reduced-motion: reduce) { * { animation: none !important; transition: none !important; } }

/* The two columns */
#desk { gap: 36px; align-items: stretch; padding-top: 18px; }
#side { border-left: 1px solid var(--rule); padding-left: 34px; }
#side-scroll { height: calc(100dvh - 136px); min-height: 520px; overflow-y: auto; scrollbar-width: thin;
  padding-right: 6px; }

/* Conversation */
#chat { background: none !important; border: 0 !important; box-shadow: none !important; }
#chat .bubble-wrap, #chat .wrapper { background: none !important; padding: 0 !important; }
#chat .message-wrap { gap: 0 !important; padding: 0 8px 16px 0 !important; }
#chat .message, #chat .message-row, #chat .panel, #chat .bot, #chat .user {
  background: none !important; border: 0 !important; box-shadow: none !important; padding: 0 !important;
  max-width: 100% !important; width: 100%; margin: 0 !important; color: var(--ink); }
#chat .prose, #chat .message { font-size: 16px; color: var(--ink); }
#chat .question { font: 700 23px/1.25 var(--serif); margin: 26px 0 12px; letter-spacing: -.005em; white-space: pre-wrap;
  overflow-wrap: anywhere; text-align: start; }
#chat .user-row:not(:first-child) .question { border-top: 1px solid var(--rule); padding-top: 24px; }
#chat .lead, #chat .more, #chat .note { color: var(--soft); font-size: 14px; margin: 0 0 12px; }
#chat .note { font-style: italic; }
#chat .said { margin: 0 0 16px; padding-left: 16px; border-left: 3px solid var(--rule); line-height: 1.5; }
#chat .said:first-of-type, #chat .lead + .said { border-left-color: var(--accent); }
#chat .said q { font: 400 17.5px/1.5 var(--serif); white-space: pre-wrap; overflow-wrap: anywhere; color: var(--ink); }
#chat .lead + .said q { font-size: 20px; line-height: 1.42; }
#chat .by { display: block; color: var(--soft); font-size: 13.5px; margin-top: 4px; }
a.cite { color: var(--accent) !important; font-weight: 600; font-size: 14px; text-decoration: none !important; padding: 1px;
  white-space: nowrap; }
a.cite:hover { text-decoration: underline !important; }
#chat .notice, .reader .notice { background: var(--tint); border-radius: 6px; padding: 10px 14px; font-size: 15px;
  margin: 0 0 16px; }
.refusal { background: var(--refuse); border: 1px dashed var(--faint); border-radius: 8px; padding: 16px 20px; margin: 0 0 16px; }
.refusal p { margin: 0 0 8px; }
.refusal .refusal-title { font-weight: 700; letter-spacing: .06em; text-transform: uppercase; font-size: 12.5px;
  color: var(--soft); }
.closest summary { cursor: pointer; color: var(--soft); font-size: 14px; }
.dot { color: var(--faint); }

/* Empty conversation: examples */
#chat .placeholder, #chat .placeholder-content { padding: 0 !important; }
.welcome { text-align: left; max-width: 640px; }
.welcome h2 { font: 700 34px/1.15 var(--serif); margin: 0 0 10px; color: var(--ink); }
.welcome p { color: var(--soft); font-size: 16px; margin: 0; }
#chat .examples { gap: 10px !important; margin-top: 22px !important; }
#chat .example { background: var(--sheet) !important; border: 1px solid var(--rule) !important; border-radius: 8px !important;
  color: var(--ink); text-align: left; }
#chat .example:hover { border-color: var(--accent) !important; }

/* Asking */
#ask textarea { font-size: 16px; background: var(--sheet); }
#ask, #ask .input-container { background: none; }

/* Sources */
.sources h2, .reader h2 { font-family: var(--serif); color: var(--ink); }
.sources h2 { font-size: 20px; font-weight: 700; margin: 6px 0 2px; }
.sources > p { color: var(--soft); font-size: 14px; margin: 0 0 6px; overflow-wrap: anywhere; }
.cards { list-style: none; margin: 0; padding: 0; }
.card { padding: 16px 0 18px; border-top: 1px solid var(--rule); cursor: pointer; margin: 0; }
.card-title { display: flex; gap: 10px; align-items: baseline; text-decoration: none !important; color: var(--ink) !important; }
.card-title .number { flex: none; min-width: 22px; height: 22px; border: 1px solid var(--accent); color: var(--accent); font-size: 12.5px;
  font-weight: 600; border-radius: 11px; text-align: center; line-height: 20px; }
.card-title .headline { font: 700 17px/1.3 var(--serif); overflow-wrap: anywhere; }
.card:hover .headline { text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: 3px; }
.facts { color: var(--soft); font-size: 13.5px; margin: 4px 0 8px 32px !important; overflow-wrap: anywhere; }
.strength { font-weight: 600; } .strength.strong { color: #3c7a4a; } .strength.weak { color: var(--faint); font-weight: 400; }
.dark .strength.strong { color: #8fc79b; }
.quote { font: 400 15px/1.55 var(--serif); color: var(--soft); margin: 0 0 0 32px; padding: 0; border: 0;
  white-space: pre-wrap; overflow-wrap: anywhere; max-height: 11.6em; overflow: hidden; unicode-bidi: isolate; }
.quote.cut { mask-image: linear-gradient(transparent 0, #000 1.6em, #000 calc(100% - 1.6em), transparent 100%); }
.quote.cut.top { mask-image: linear-gradient(#000 calc(100% - 2.2em), transparent 100%); }
mark { background: var(--marked); color: var(--marked-ink); padding: .08em .06em; border-radius: 2px;
  box-decoration-break: clone; -webkit-box-decoration-break: clone; }
.also { color: var(--soft); font-size: 13.5px; margin: 8px 0 0 32px !important; }

/* The stored article */
.reading #sources { display: none !important; }
body:not(.reading) #reader { display: none !important; }
.reader-bar { position: sticky; top: 0; background: var(--paper); margin: 0; padding: 6px 0 10px; font-size: 14px; z-index: 2; }
.reader .close { color: var(--accent); text-decoration: none; }
.reader h2 { font-size: 26px; line-height: 1.2; font-weight: 700; margin: 6px 0 8px; overflow-wrap: anywhere; }
.reader .facts { margin: 0 0 18px !important; padding-bottom: 14px; border-bottom: 1px solid var(--rule); line-height: 1.6; }
.reader .path { font-family: var(--font-mono); font-size: 12.5px; }
.article-text { font: 400 17px/1.62 var(--serif); white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate;
  padding-bottom: 60px; color: var(--ink); }
.article-text .furniture { color: var(--faint); font-size: 14px; }
.article-text span.passage { background: var(--tint); }

@media (max-width: 900px) {
  .gradio-container { padding: 0 16px !important; }
  #desk { flex-direction: column; gap: 8px; }
  #side { border-left: 0; border-top: 3px double var(--rule); padding: 12px 0 0; }
  #side-scroll { height: auto; min-height: 0; overflow: visible; padding: 0; }
  .reading #side { position: fixed; inset: 0; z-index: 1000; background: var(--paper); padding: 0 16px; margin: 0; border: 0;
    overflow-y: auto; }
  .welcome h2 { font-size: 27px; }
  .facts, .quote, .also { margin-left: 0 !important; }
}
"""

# Runs once, for the sources panel; every link of ours on the page, also those in the conversation, ends up here.
PANEL_SCRIPT = r"""
const follow = (target) => {
  const link = target.closest('a[href^="#"]') || (target.closest('.card') && !String(getSelection())
    ? target.closest('.card').querySelector('.card-title') : null);
  const place = link && link.getAttribute('href').slice(1);
  if (!place) return false;
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
const settle = () => {
  element.querySelectorAll('.quote').forEach((quote) => {
    const mark = quote.querySelector('mark');
    if (!mark || quote.scrollHeight <= quote.clientHeight + 2) return;
    quote.scrollTop = mark.offsetTop - quote.offsetTop - 30;
    quote.classList.add('cut');
    quote.classList.toggle('top', quote.scrollTop < 4);
  });
};
watch('value', () => { settle(); const side = document.getElementById('side-scroll'); if (side) side.scrollTop = 0; });
settle();
"""

# Runs once, for the reader: shows it while it holds an article, and moves to the marked sentence.
READER_SCRIPT = r"""
const show = () => {
  const article = element.querySelector('article.reader');
  document.body.classList.toggle('reading', !!article);
  if (article) {
    const mark = article.querySelector('mark') || article.querySelector('h2');
    article.querySelector('h2').focus({preventScroll: true});
    mark.scrollIntoView({block: 'center'});
  } else if (window.cameFrom) {
    if (window.cameFrom.isConnected) window.cameFrom.focus({preventScroll: true});
    window.cameFrom = null;
  }
};
watch('value', show);
show();
"""
