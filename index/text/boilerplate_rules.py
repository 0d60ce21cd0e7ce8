"""Rules that recognize single lines of boilerplate: menus, share and newsletter boxes, comment forms, credits.

Rules for the language of pages, not for the pages of one outlet; what only one outlet says is found by repetition.
"""

import re

__all__ = [
    "folded",
    "is_boilerplate",
    "is_boilerplate_line",
    "is_caption",
    "is_comment_heading",
    "is_credit",
    "is_menu",
    "is_teaser_heading",
]

_LONGEST = 700  # characters: a longer line is a paragraph, even where it ends in an invitation to subscribe

_PHRASES = """
about us; accept; accept all; accept cookies; ad; ads by google; advertisement; advertising; all rights
reserved; all rights reserved.; all sections; anzeige; article continues after advertisement; article continues
below advertisement; back to top; bookmark; breaking news; cancel; cancel reply; change; close; comentarios;
commentaires; compartir; connecting to %s; contact us; continue reading; continue reading below; cookie policy;
cookie settings; copy link; create account; create an account; dislike; drucken; email; email address; email
this article; enlarge this image; enter your email; enter your email address; enter your email here; facebook;
facebook photo; flag; follow; follow us; free newsletter; gift this article; go; google photo; got it; gravatar;
here's what else you need to know; hide caption; hide comments; home; i agree to the terms; imprimir;
kommentare; like; like loading…; link copied; linkedin; listen; listen to this article; live; load more;
loading; loading…; log in; log out; login; logo; main menu; manage cookies; menu; my account; navigation;
newsletter; newsletters; next; next article; notify me of new comments via email.; notify me of new posts via
email.; ok; open menu; paid content; partager; pin it; play video; post comment; prev; previous; previous
article; print; print this page; privacy; privacy policy; promoted; promoted stories; publicidad; publicité;
read full story; reddit; register; register now; reject all; reply; report; required fields are marked *; save;
save article; search; sections; see more; send; share; share on facebook; share on twitter; share on x; share
this; share this article; share this story; show comments; show more; sign in; sign up; sign up now; skip to
content; skip to main content; sponsored; sponsored content; story continues below; story continues below
advertisement; submit; subscribe; subscribe now; subscribe today; teilen; telegram; terms and conditions; terms
of service; terms of use; this story has been corrected and republished; toggle caption; toggle navigation;
tweet; twitter; twitter picture; video; view comments; view gallery; view more; watch video; whatsapp;
wordpress.com; your email; your email address; your name
"""
_EXACT = frozenset(" ".join(phrase.split()) for phrase in _PHRASES.split(";"))
_TEASER_HEADINGS = re.compile(
    r"(?:"
    r"read more|read also|also read|read next|more stories|you (?:may|might) (?:also )?(?:like|be interested in)|"
    r"related(?: (?:stories|articles|content|posts|links|news|topics|coverage))?|"
    r"recommended(?: (?:for you|stories|reading))?|more on this (?:story|topic)|more from [\w .&'’-]{2,40}|"
    r"most (?:read|popular|viewed)|trending(?: now)?|top stories|latest (?:news|stories|headlines)|"
    r"editors?['’]? picks?|up next|what to read next|popular|popular stories|see also|in case you missed it|"
    r"don['’]t miss|lesen sie auch|mehr zum thema|lire aussi|à lire aussi|leer más|te puede interesar"
    r") ?[:>»]{0,9}"
)
_COMMENT_HEADINGS = re.compile(
    r"(?:"
    r"leave a (?:reply|comment)(?: cancel reply)?|(?:add|post|write) a comment|comments?(?: section)?|"
    r"comments? ?\(\d{1,9}\)|\d{1,9} (?:comments?|responses|replies)|log ?in to comment|"
    r"join the (?:conversation|discussion)|what do you think\?|"
    r"fill in your details below or click an icon to log in.{0,90}|you must be logged in to .{0,60}comment.{0,60}"
    r") ?:?"
)
# Each is looked for at the beginning of a line.
_STARTS = re.compile(
    r"^[►▶•*#>–—-]{0,9} ?(?:"
    r"\(?(?:for more|to (?:read|see|get|find) more|(?:please )?(?:sign[ -]?up|subscribe|register)\b|get (?:our|"
    r"the latest|deals|more)\b).{0,600}(?:newsletter|inbox|delivered|e-?mail|text(?:s| message)|here|alerts?|free|"
    r"podcast|today|app\b|online|account)|"
    r"(?:want|need|looking for|love|like|curious|prefer|got|have|interested|would you like|"
    r"don['’]?t miss)\b.{0,200}(?:newsletter|inbox|sign[ -]?up|subscri|podcast|check out|puzzle|crossword|newsroom|"
    r"tip\b.{0,40}(?:contact|email))|"
    r"(?:follow|like|find|join|connect with|contact|reach|e-?mail|message|tweet)\b.{0,160}(?:\bon (?:twitter|x\b|"
    r"facebook|instagram|threads|tiktok|linkedin|bluesky|youtube|telegram|whatsapp|social media)|@\w|on twitter|"
    r"facebook page|whatsapp channel|\(\d{3}\) \d{3}-\d{4})|"
    r"contact(?: (?:the )?(?:reporter|author|writer))? .{3,60} at \S*\d|follow every (?:game|match)|"
    r"(?:mlb|nba|nfl|nhl|wnba) (?:scores|stats)|"
    r"\(?(?:this|the) (?:story|article|report|post|page|headline|list|file)(?: and (?:headline|photo|"
    r"video)){0,3} (?:has been|was|have been) (?:updated|corrected|amended|first published|originally published|"
    r"republished|translated|edited)\b|"
    r"\(?(?:an? (?:earlier |previous )?version of this (?:story|article|report)|editor['’]s note: an? (?:earlier |"
    r"previous )?version of)|contributing(?: writers?)?\s*:|"
    r"with (?:reporting|additional reporting|files|contributions) (?:by|from)\b.{0,80}$|"
    r"additional reporting (?:by|from)\b|from (?:staff|.{3,40}) and wire (?:reports|services)|"
    r"reporting by\b.{3,200}editing by|"
    r"(?:the )?(?:associated press|reuters|afp|.{3,40}) contributed to this (?:report|story|article)|"
    r"(?:we|this (?:site|website|page)|our (?:site|partners)|by (?:clicking|continuing|using|signing|submitting|"
    r"browsing))\b.{0,80}(?:cookies?\b|privacy|terms of (?:use|service)|you (?:agree|accept|consent))|"
    r"we will use the (?:details|information|data) you|would you like to receive\b|"
    r"if you wish to object to the use of your data|'?we'? includes\b.{0,80}(?:limited|brands|ltd|inc)|"
    r"(?:we|our (?:editors|journalists)|.{3,40}) may (?:earn|receive|get) (?:a |an |revenue|us )?.{0,40}(?:commission|"
    r"affiliate|revenue|fee)|"
    r"(?:recommendations|products|all products)\b.{0,40}(?:independently|are) (?:chosen|selected|reviewed)|"
    r"prices? (?:was|were|are) (?:accurate|correct|current)|support (?:local|quality|independent|our) journalism|"
    r"thank you for (?:supporting|reading|subscribing)\b.{0,40}(?:journalism|newspaper|subscri|[.!]?$)|"
    r"(?:these|this) (?:articles?|stor(?:y|ies)|content) (?:are|is) (?:only )?(?:available )?(?:for|"
    r"to)\b.{0,30}subscribers|(?:©|\(c\) ?(?:19|20)\d\d|copyright (?:©|\(c\)|(?:19|20)\d\d))|"
    r"(?:1\. )?how relevant is (?:this|the) ad|video player was slow|video content never|ad froze|"
    r"you are commenting using|log ?out\s*/|unable to (?:view|see) our|"
    r"(?:click|tap|swipe|scroll) (?:here|below|on the|to (?:read|see|view))\b|check your local forecast|"
    r"hit play on the player|having trouble (?:viewing|seeing|playing)|download (?:the|our)\b.{0,60}\bapp\b|"
    r"the .{2,40} app (?:gets|brings|gives|lets|keeps) you|listen to (?:this|the) (?:article|story|episode|podcast)|"
    r"(?:reading|listening) time|\d{1,3} min(?:ute)?s? read|"
    r"(?:related|more|read more|more from.{0,30}|more on.{0,40}|also read|read also|read next|see also|"
    r"related (?:story|article|coverage|video)|learn more|more coverage|more news|recommended|podcasts?|sign up|"
    r"next up|next|previous)\s*[:»>|]\s?\S.{0,150}$|comments? (?:are|is) (?:closed|disabled|off)|"
    r"be the first to comment|(?:please )?enable javascript|your browser\b|type above and press|"
    r"this (?:content|video) (?:is not|isn['’]t) available"
    r")"
)
# Each is looked for anywhere in a line, and only where one of the hints below occurs in it. The first are invitations,
# which may also stand at the end of a paragraph; the others are only said in lines of their own.
_INVITATION = re.compile(
    r"(?:sign[ -]?up|subscribe|get it|get this|delivered|straight)\b.{0,80}(?:\bhere\b|newsletter|inbox|for free)|"
    r"newsletters?\b.{0,60}sign[ -]?up|newsletter (?:provides|gives|brings|delivers|sends) you|"
    r"(?:join|follow|our|on)\b.{0,40} whatsapp channel|(?:in|to) your (?:e-?mail )?inbox|"
    r"sign[ -]?up (?:here|now|for our)|(?<!to )sign[ -]?up for the|(?:digital|become a|today['’]s) subscri|"
    r"subscribers? only|subscriber-only"
)
_NOTICE = re.compile(
    r"check your local forecast|affiliate (?:fee|link|commission)|(?:^|[.!?] )contact .{3,60}(?: at|:) ?[\w.+-]+@|"
    r"(?:^|[.!?] )follow .{2,60} on (?:facebook|instagram|tiktok|threads|x\b|twitter)|"
    r"escape your echo chamber|subscribe & save|"
    r"(?:reach (?:him|her|them)|(?:he|she|they) can be (?:reached|contacted)|follow (?:him|her|them)|e-?mail (?:him|"
    r"her|them|me)|you can (?:reach|follow|email|e-mail|contact) (?:him|her|them)|send (?:him|her|"
    r"them) an email)\b.{0,120}(?:@|\bon (?:x|twitter)\b)|"
    r"\b(?:reporter|writer|editor|columnist|correspondent|journalist|producer)\b.{0,160}[\w.+-]@[\w-]|"
    r"[\w.+-]@[\w-]+\.\w+ (?:or|and) (?:on )?\(?\d{3}|(?:independent of|not influence|does not affect) our|"
    r"is a .{2,40}content partner|\b(?:coverage|reporting|journalism|journalists?|story|series|"
    r"report for america|fellowship)\b.{0,120}(?:made possible|supported) (?:in part )?by a grant|"
    r"does not provide editorial input|earn us a commission|(?:we|may) earn (?:a |an )?(?:affiliate )?commission|"
    r"earn revenue from|as described in our privacy|use cookies|cookies? (?:policy|settings)|all rights reserved|"
    r"unsubscribe|version of this (?:story|article|newsletter) (?:first |originally )?(?:appear|was published)|"
    r"transcript was automatically generated|your e-?mail address will not be published"
)
_INVITING = re.compile(r"sign[ -]?up|subscri|inbox|newsletter|alerts?\b|podcast|our (?:app|journalis)|journalism")
_SENTENCE_END = re.compile(r"[.!?][”\"’')\]]*\s")
_LEADING = 2, 200  # so many sentences of so many characters before an invitation are a paragraph of the article
_NETWORKS = (
    r"facebook|twitter|x|linkedin|whatsapp|pinterest|reddit|telegram|instagram|youtube|tiktok|flipboard|tumblr|bluesky|"
    r"threads|mastodon|messenger|e-?mail|rss"
)
_NETWORK = re.compile(rf"\b(?:{_NETWORKS})\b")
_SHARE_ROW = re.compile(
    rf"(?:(?:{_NETWORKS}|share|tweet|print|save|comments?|copy link|link|mail|sms|more|follow|like)\b"
    r"(?:[\s,|/•·+-]+|$))+"
)
_HINTS = re.compile(
    r"sign|subscri|inbox|newsletter|@|partner|grant|earn|cookie|privacy|rights|version|transcript|e-?mail|editorial|"
    r"echo chamber|independent of|on x\b|on twitter|on facebook|whatsapp|forecast|affiliate|on instagram"
)
_CREDIT = re.compile(
    r"^(?:(?:by|von|par|por) [^\d@!?]{3,80}(?:[,|•·–— -]{1,20}(?:[a-z]+day,? )?"
    r"(?:[a-z]{3,9}\.? )?\d{1,2}[^@!?]{0,30})?|[–—-]{1,2} ?[\w .'’-]{3,40}|"
    r"(?:the )?(?:ap|afp|reuters|cnn|bbc|associated press)(?: business)? ?[–—-]*|"
    r"special (?:to|for) (?:the )?[\w .]{3,40}|[\w .'’&-]{3,40} \| [\w .'’&-]{3,40}|"
    r"[\w .'’&-]{3,40}/(?:getty images|ap|afp|reuters)|"
    r"(?:published|posted|updated|last updated|first published|date)\b.{0,60}\d.{0,40})"
)
_PHOTO_CREDIT = re.compile(
    r"\([^()]{2,80}\)[.]?$|(?:getty images|reuters|associated press|shutterstock|handout|"
    r"\b(?:ap|afp|epa|photo|file|image)s?\b)[^.]{0,40}$|"
    r"(?:photo|photograph|image|picture|credit|courtesy)(?: by| of|:)[^.]{2,60}$"
)
_MENU_MARKS = re.compile(r"[|•·›»/\t]|\s{2,300}")
_DAY = re.compile(r"[a-z]{3,9}\.? \d{1,2},? \d{4}|\d{1,2} [a-z]{3,9}\.?,? \d{4}|\d{4}-\d\d-\d\d")
_DAY_REST = re.compile(
    r"updated|published|\d|[:,.|·•—–-]|"
    r"\b(?:[ap]\.?m|[a-z]{1,4}t|at|on|mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b|\s"
)


def folded(line: str) -> str:
    """A line without case and with single spaces between its words, for comparing."""
    return " ".join(line.split()).casefold()


def is_boilerplate_line(line: str) -> bool:
    """Whether a line is boilerplate wherever it stands."""
    return is_boilerplate(folded(line))


def is_boilerplate(words: str) -> bool:
    """Whether a folded line is boilerplate wherever it stands."""
    if len(words) > _LONGEST:
        return False
    if words in _EXACT or _STARTS.match(words) or _is_share_row(words):
        return True
    if not _HINTS.search(words):
        return False
    invitation = _INVITATION.search(words)
    return bool((invitation and not _is_paragraph(words[: invitation.start()])) or _NOTICE.search(words))


def _is_share_row(words: str) -> bool:
    """Whether a folded line is a row of buttons: "facebook twitter email print"."""
    return " " in words and len(words) < 120 and bool(_SHARE_ROW.fullmatch(words) and _NETWORK.search(words))


def _is_paragraph(words: str) -> bool:
    """Whether what stands before an invitation is a paragraph of the article, which the invitation only ends. To
    drop the line would lose the paragraph; where the same paragraph recurs, repetition still tells."""
    sentences, characters = _LEADING
    if len(words) < characters or _INVITING.search(words.rpartition(". ")[0]):
        return False
    return len(_SENTENCE_END.findall(words)) >= sentences


def is_teaser_heading(words: str) -> bool:
    """Whether a folded line is the heading above links to other stories."""
    return len(words) < 60 and _TEASER_HEADINGS.fullmatch(words) is not None


def is_comment_heading(words: str) -> bool:
    """Whether a folded line is the heading above readers' comments or their form."""
    return len(words) < 90 and _COMMENT_HEADINGS.fullmatch(words) is not None


def is_credit(words: str) -> bool:
    """Whether a folded line only says who wrote this, or when: boilerplate at the edges of a text, not within it."""
    if len(words) > 100:
        return False
    if _CREDIT.fullmatch(words):
        return True
    return _DAY.search(words) is not None and not _DAY_REST.sub("", _DAY.sub("", words))


def is_caption(words: str) -> bool:
    """Whether a folded line reads as the caption of a picture: it ends in a credit."""
    return len(words) >= 30 and _PHOTO_CREDIT.search(words) is not None


def is_menu(line: str) -> bool:
    """Whether a line is a row of links: at least four short names with bars, bullets or wide gaps between them."""
    if len(line) > 300:
        return False
    parts = [part for piece in _MENU_MARKS.split(line) if (part := piece.strip())]
    return (
        len(parts) >= 4
        and all(len(part) <= 28 and part[-1] not in ".!?;" for part in parts)
        and not any(character.isdigit() for character in line)
    )
