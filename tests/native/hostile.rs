//! Documents and backups that are made to do harm, and what none of them may do.
//!
//! Whatever would be code somewhere says `PWNED`: no document that is read from it may hold that word. What is only
//! written about, and must be shown as it stands, says something else.
use std::fmt::Debug;
use std::io::{Cursor, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use concord::export::web_annotation;
use concord::import::{ImportError, Parsed, import};
use concord::model::anchor::{describe, resolve};
use concord::model::annotation::{Annotation, Stamp, Versions};
use concord::model::codebook::{Codebook, Tag};
use concord::model::document::{Block, Document, DocumentText, MarkKind, Role, is_safe_link};
use concord::model::text::{CharOffset, Span, normalized};
use concord::model::time::{LogicalTime, Timestamp};
use concord::record::backup::{
    Backup, BackupError, BackupRows, BackupWriter, Held, Plan, Preview, RestoreMode, plan,
};
use concord::record::{AnnotationRow, DocumentRow, RevisionRow, from_json, to_json};
use concord::worker::protocol::{Request, Response};
use concord::worker::serve::serve;
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const PAGE: &str = include_str!("../fixtures/hostile/page.html");
const NOTE: &str = include_str!("../fixtures/hostile/note.md");
const TEXT: &str = include_str!("../fixtures/hostile/text.txt");
const LAUGHS: &str = include_str!("../fixtures/hostile/laughs.xhtml");

/// What stands for code.
const CODE: &str = "PWNED";
/// What stands around the attack, and must not be lost.
const BEFORE: &str = "before it";
const AFTER: &str = "after it";
/// Longer than any honest document of its size takes, also without optimisation on a busy machine.
const LONGEST: Duration = Duration::from_secs(20);
const NOW: Timestamp = Timestamp(1_653_883_500_000);

type Check = Result<(), String>;

/// Checks every case, and names those that fail or panic.
#[track_caller]
fn each<Name: AsRef<str>, Case>(
    cases: impl IntoIterator<Item = (Name, Case)>,
    check: impl Fn(Case) -> Check,
) {
    let failures: Vec<String> = cases
        .into_iter()
        .filter_map(|(name, case)| {
            let result = catch_unwind(AssertUnwindSafe(|| check(case)));
            let what = result.unwrap_or_else(|_| Err("panicked".to_owned())).err()?;
            Some(format!("{}: {what}", name.as_ref()))
        })
        .collect();
    assert!(failures.is_empty(), "{} failed\n{}", failures.len(), failures.join("\n"));
}

fn ensure(holds: bool, what: impl FnOnce() -> String) -> Check {
    if holds { Ok(()) } else { Err(what()) }
}

// What holds for every document.

fn is_sound(blocks: &[Block]) -> Check {
    for block in blocks {
        let text = &block.text;
        ensure(!text.contains(['\n', '\r']), || format!("a line end in {text:?}"))?;
        let length = text.chars().count() as u32;
        for (n, mark) in block.marks.iter().enumerate() {
            let Span { start, end } = mark.span;
            ensure(start < end && end.0 <= length, || format!("{mark:?} lies outside of {text:?}"))?;
            if let MarkKind::Link(address) = &mark.kind {
                ensure(is_safe_link(address) && leads_out(address), || format!("a link to {address:?}"))?;
            }
            let is_same =
                |kind: &MarkKind| std::mem::discriminant(kind) == std::mem::discriminant(&mark.kind);
            let overlaps = block
                .marks
                .iter()
                .skip(n + 1)
                .take(8)
                .find(|other| other.span.overlaps(mark.span) && is_same(&other.kind));
            ensure(overlaps.is_none(), || format!("{mark:?} and {overlaps:?} say the same twice"))?;
        }
        let is_ordered = block.marks.is_sorted_by_key(|mark| mark.span.start);
        ensure(is_ordered, || format!("the marks of {text:?} are in no order"))?;
    }
    Ok(())
}

/// Told apart from the app's own rule, so that the two are compared.
fn leads_out(address: &str) -> bool {
    let scheme = address.split(':').next().unwrap_or_default().to_ascii_lowercase();
    matches!(scheme.as_str(), "http" | "https" | "mailto") && !address.contains(|c: char| c <= ' ')
}

/// What an importer promises beyond that.
fn is_well_read(parsed: &Parsed) -> Check {
    is_sound(&parsed.blocks)?;
    ensure(!parsed.blocks.is_empty(), || "there is no block".to_owned())?;
    ensure(!parsed.title.trim().is_empty() && parsed.title.chars().count() <= 200, || {
        format!("the title {:?}", parsed.title)
    })?;
    let Parsed { title, meta, blocks, left_out, .. } = parsed;
    let meta = [&meta.section, &meta.updated_at, &meta.byline].into_iter().flatten();
    let texts = blocks.iter().map(|block| &block.text).chain(left_out).chain(meta).chain([title]);
    for text in texts {
        ensure(!text.contains(char::is_control), || format!("a control character in {text:?}"))?;
        ensure(normalized(text) == *text, || format!("{text:?} is not in its normal form"))?;
    }
    Ok(())
}

/// The joined text of the blocks.
fn text_of(parsed: &Parsed) -> String {
    let texts: Vec<&str> = parsed.blocks.iter().map(|block| block.text.as_str()).collect();
    texts.join("\n")
}

/// Reads a file in time; also as the helper thread does, whose answer must hold the same text.
fn read(name: Option<&str>, bytes: &[u8]) -> Result<Result<Parsed, ImportError>, String> {
    let start = Instant::now();
    let result = import(name, bytes);
    let took = start.elapsed();
    ensure(took < LONGEST, || format!("took {took:?} as {name:?}"))?;
    if let Ok(parsed) = &result {
        is_well_read(parsed).map_err(|what| format!("as {name:?}: {what}"))?;
        let request = Request::Import { file_name: name.map(str::to_owned), id: "d1".into(), at: NOW };
        let Response::Imported { new, .. } = serve(request, bytes) else {
            return Err("the helper thread refuses it".to_owned());
        };
        let row: RevisionRow = from_json(&new.revision).map_err(|error| error.to_string())?;
        ensure(row.blocks == parsed.blocks, || "its row holds another text".to_owned())?;
        let row: DocumentRow = from_json(&to_json(&new.row)).map_err(|error| error.to_string())?;
        ensure(row == new.row, || "its row comes back as another".to_owned())?;
    }
    Ok(result)
}

/// Reads a file as what its name says, and checks that nothing of its code but all of its text is there. Under every
/// other name it only has to be sound.
fn shows(name: &str, source: &str, shown: &[&str]) -> Check {
    for other in [Some("a.html"), Some("a.md"), Some("a.txt"), None] {
        read(other, source.as_bytes())?.ok();
    }
    let parsed = match read(Some(name), source.as_bytes())? {
        Ok(parsed) => parsed,
        Err(_) if shown.is_empty() => return Ok(()),
        Err(error) => return Err(format!("{error:?}")),
    };
    let text = text_of(&parsed);
    ensure(!format!("{parsed:?}").contains(CODE), || format!("code is read: {parsed:?}"))?;
    for words in shown {
        ensure(text.contains(words), || format!("{words:?} is not in {text:?}"))?;
    }
    Ok(())
}

fn page(body: &str) -> String {
    format!("<!doctype html><html lang=en><meta charset=utf-8><body><p>{BEFORE}</p>{body}<p>{AFTER}</p>")
}

// Pages

/// Name, source inside a page, what is shown of it.
const PAGES: &[(&str, &str, &[&str])] = &[
    ("script", "<script>PWNED()</script>", &[AFTER]),
    ("script with attributes in capitals", "<SCRIPT/SRC=data:,PWNED TYPE=module>PWNED()</ScRiPt >", &[AFTER]),
    ("script whose end tag has attributes", "<script>PWNED()</script/x y=z>", &[AFTER]),
    ("script without an end", "<script>PWNED()", &[BEFORE]),
    ("script in a script", "<script><!--<script>PWNED()</script>PWNED()--></script>", &[AFTER]),
    ("script behind a bracket", "<<script>PWNED()//<</script>", &[AFTER]),
    (
        "script in a table",
        "<table><script>PWNED()</script><tr><td>cell words</table>",
        &["cell words", AFTER],
    ),
    ("script in a choice", "<select><script>PWNED()</script><option>PWNED</select>", &[AFTER]),
    (
        "handlers",
        "<div onclick=\"PWNED()\" onmouseover='PWNED()' onload=PWNED()>visible words</div>",
        &["visible words", AFTER],
    ),
    ("handler behind a slash", "<p/onclick=PWNED()/x>visible words</p>", &["visible words", AFTER]),
    (
        "handlers of pictures and fields",
        "<img src=x onerror=PWNED()><image src=x onerror=PWNED()><input autofocus onfocus=PWNED()>",
        &[AFTER],
    ),
    (
        "handlers of media",
        "<video src=x onerror=PWNED()>PWNED</video><audio onloadstart=PWNED()>PWNED</audio>\
         <details open ontoggle=PWNED()>visible words</details><marquee onstart=PWNED()>more words</marquee>",
        &["visible words", "more words", AFTER],
    ),
    ("handlers of an own element", "<x-w onclick=PWNED() is=x>visible words</x-w>", &["visible words"]),
    (
        "handlers of a second body",
        "<body onload=PWNED() onpageshow=PWNED()><p>visible words",
        &["visible words"],
    ),
    (
        "drawing with a script",
        "<svg onload=PWNED()><script>PWNED()</script><script href=data:,PWNED /></svg>",
        &[AFTER],
    ),
    (
        "drawing with foreign objects",
        "<svg><foreignObject><body onload=PWNED()><iframe srcdoc=PWNED></iframe><p>PWNED</p></foreignObject></svg>",
        &[AFTER],
    ),
    (
        "drawing that moves",
        "<svg><a xlink:href='javascript:PWNED()'><text>PWNED</text></a><set to=PWNED />\
         <animate onbegin=PWNED() attributeName=href values=javascript:PWNED() /></svg>",
        &[AFTER],
    ),
    ("drawing that uses another", "<svg><use href='data:image/svg+xml,PWNED#x'/></svg>", &[AFTER]),
    (
        "drawing that a paragraph breaks out of",
        "<svg><style><p title='</style><script>PWNED()</script>'>visible words</p>",
        &["visible words", AFTER],
    ),
    ("drawing with a title", "<svg><title><p>PWNED</p><script>PWNED()</script></title></svg>", &[AFTER]),
    (
        "style sheets",
        "<style>@import url(PWNED); p { background: url(javascript:PWNED) } p::after { content: 'PWNED' }</style>\
         <link rel=stylesheet href=PWNED>",
        &[AFTER],
    ),
    (
        "style attributes",
        "<p style='background:url(javascript:PWNED);behavior:url(PWNED);width:expression(PWNED)'>visible words</p>",
        &["visible words", AFTER],
    ),
    ("style with a comment", "<style><!-- </style><script>PWNED()</script> --></style>", &[AFTER]),
    (
        "refresh and policy",
        "<meta http-equiv=refresh content='0;url=javascript:PWNED()'>\
         <meta http-equiv=content-security-policy content=PWNED>",
        &[AFTER],
    ),
    (
        "base",
        "<base href='javascript:PWNED()//' target=PWNED><a href=x>visible words</a>",
        &["visible words", AFTER],
    ),
    (
        "frames and objects",
        "<iframe src=javascript:PWNED() srcdoc='<script>PWNED()</script>'>PWNED</iframe><embed src=PWNED>\
         <object data=data:text/html,PWNED><param name=PWNED>PWNED</object><applet code=PWNED>PWNED</applet>",
        &[AFTER],
    ),
    ("frames of old", "<noframes>PWNED</noframes><noembed>PWNED</noembed>", &[AFTER]),
    (
        "form",
        "<form action=javascript:PWNED()><input type=hidden value=PWNED><input value=PWNED>\
         <textarea>PWNED</textarea><select><option>PWNED</select><button formaction=javascript:PWNED()>PWNED</button>\
         <label>PWNED</label>visible words</form>",
        &["visible words", AFTER],
    ),
    (
        "hidden elements",
        "<div hidden>PWNED</div><div HIDDEN=until-found>PWNED</div><div aria-hidden=TRUE>PWNED</div>\
         <div style='DISPLAY : NONE'>PWNED</div><p style='color:red;visibility:hidden!important'>PWNED</p>\
         <dialog>PWNED</dialog><datalist><option>PWNED</datalist>",
        &[AFTER],
    ),
    (
        "hidden parts",
        "<h1 class=detail-title hidden>PWNED</h1><script data-role=title>PWNED</script>\
         <template class=sapo>PWNED</template>",
        &[AFTER],
    ),
    (
        "templates",
        "<template><script>PWNED()</script><p>PWNED</p><template><p>PWNED</p></template></template>",
        &[AFTER],
    ),
    (
        "shadow roots",
        "<div><template shadowrootmode=open><style>PWNED</style><p>PWNED</p></template>visible words</div>",
        &["visible words", AFTER],
    ),
    (
        "noscript that ends in a value",
        "<noscript><p title=\"</noscript><img src=x onerror=PWNED()>\"></noscript>",
        &[AFTER],
    ),
    ("title that ends in a value", "<title><img src=\"</title><script>PWNED()</script>\"></title>", &[AFTER]),
    (
        "textarea that ends in a value",
        "<textarea><img title=\"</textarea><script>PWNED()</script>\"></textarea>",
        &[AFTER],
    ),
    ("style that ends in a value", "<style><img src=\"</style><script>PWNED()</script>\"></style>", &[AFTER]),
    (
        "frame that ends in a value",
        "<iframe><img title=\"</iframe><script>PWNED()</script>\"></iframe>",
        &[AFTER],
    ),
    ("example that ends in a value", "<xmp><img title=\"</xmp><script>PWNED()</script>\"></xmp>", &[AFTER]),
    (
        "formula with glyphs",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=PWNED()&gt;\">",
        &[BEFORE],
    ),
    (
        "formula with annotations",
        "<math><annotation-xml encoding=text/html><style><img src=x onerror=PWNED()></style><script>PWNED()</script>\
         </annotation-xml></math>",
        &[AFTER],
    ),
    (
        "formula in two forms",
        "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=PWNED()></style></mglyph></form>\
         </mtext></math>",
        &[BEFORE],
    ),
    ("formula with a title", "<math><title><script>PWNED()</script></title></math>", &[AFTER]),
    ("character data in a drawing", "<svg><![CDATA[<script>PWNED()</script>]]></svg>", &[AFTER]),
    ("character data outside", "<![CDATA[<b>harmless]]>", &["harmless]]>", AFTER]),
    (
        "conditional comments",
        "<!--[if gte IE 4]><script>PWNED()</script><p>PWNED</p><![endif]--><![if !IE]><p>visible words</p><![endif]>",
        &["visible words", AFTER],
    ),
    (
        "comments that end early",
        "<!--><script>PWNED()</script>--><!---><script>PWNED()</script>--><!-- --!><script>PWNED()</script>-->",
        &[AFTER],
    ),
    ("processing instructions", "<?xml-stylesheet href='PWNED'?><?php PWNED(); ?>", &[AFTER]),
    ("escaped tags", "<p>&lt;script&gt;harmless()&lt;/script&gt;</p>", &["<script>harmless()</script>"]),
    ("tags that are escaped twice", "<p>&amp;lt;b onclick=f()&amp;gt;</p>", &["&lt;b onclick=f()&gt;"]),
    ("tags by number", "<p>&#60;&#x69;&#0000109g onerror=f()&#62;</p>", &["<img onerror=f()>"]),
    (
        "escaped tags in preformatted text",
        "<pre>&lt;script&gt;\nharmless()\n&lt;/script&gt;</pre>",
        &["<script>\nharmless()\n</script>", AFTER],
    ),
    (
        "escaped tags to the end of the page",
        "<plaintext><script>harmless()</script>",
        &["<script>harmless()</script>"],
    ),
    ("controls by number", "<p>a&#0;b&#1;c&#8;d&#127;e&#xD800;f&#x110000;g&#x1b;</p>", &[AFTER]),
    (
        "line ends by number in running text",
        "<p>one&#10;two&#13;three&#x2028;four&#x2029;five</p>",
        &["one two three four five"],
    ),
    (
        "line ends by number in preformatted text",
        "<pre>one&#10;two&#13;three&#x2028;four&#x2029;five&#x85;six&#9;seven</pre>",
        &["one\ntwo", AFTER],
    ),
    (
        "marks over line ends",
        "<b>one<br>two<p>three</b> four <i>five<div>six</i>",
        &["one\ntwo\nthree", AFTER],
    ),
    ("bidi overrides", "<p>\u{202e}abc\u{202c} \u{2066}def\u{2069}</p>", &["\u{202e}abc\u{202c}", AFTER]),
    (
        "characters without width",
        "<p>wo\u{200b}r\u{200d}d\u{2060}s\u{feff}</p>",
        &["wo\u{200b}r\u{200d}d\u{2060}s"],
    ),
    (
        "quotes that do not match",
        "<p \"\"\"><script>PWNED()</script>\">visible words</p>",
        &["visible words", AFTER],
    ),
    (
        "a value that begins too early",
        "<p =\"><script>PWNED()</script>\">visible words</p>",
        &["visible words", AFTER],
    ),
    (
        "brackets in a value",
        "<p title='><script>PWNED()</script>'>visible words</p>",
        &["visible words", AFTER],
    ),
    (
        "linked data that ends its script",
        "<script type=application/ld+json>{\"headline\":\"</script><script>PWNED()</script>\"}</script>",
        &[AFTER],
    ),
    (
        "a link in a link",
        "<a href=https://example.org/1>one <a href=javascript:PWNED()>two</a> three</a>",
        &["one two three", AFTER],
    ),
    (
        "a link that says more",
        "<a href=https://example.org/ ping=https://PWNED/ onclick=PWNED() download=PWNED>visible words</a>",
        &["visible words", AFTER],
    ),
    (
        "links of maps and drawings",
        "<map><area href=javascript:PWNED()></map><a xlink:href=PWNED>visible words</a>",
        &["visible words"],
    ),
    ("a time that is none", "<time datetime=PWNED>visible words</time>", &["visible words", AFTER]),
    (
        "list numbers without end",
        "<ol start=9223372036854775807><li>one<li>two<li>three</ol>",
        &["three", AFTER],
    ),
];

#[test]
fn no_code_of_a_page_is_read_and_all_of_its_text() {
    each(PAGES.iter().map(|(name, source, shown)| (name, (source, shown))), |(source, shown)| {
        let shown: Vec<&str> = shown.iter().copied().chain([BEFORE]).collect();
        shows("a.html", &page(source), &shown)
    });
}

#[test]
fn whole_documents_lose_their_code_and_keep_their_text() {
    let text: Vec<&str> = TEXT.lines().collect();
    type Case<'c> = (&'static str, &'static str, &'c [&'static str]);
    let cases: [(&str, Case<'_>); 6] = [
        (
            "page",
            (
                "page.html",
                PAGE,
                &[
                    "The offices share their work",
                    "The first office takes the lead, and the second one keeps the plan, as both of them agreed.",
                    "They write <script>alert(1)</script> as an example",
                    "=SUM(A1:A9) is what",
                ],
            ),
        ),
        (
            "note",
            (
                "note.md",
                NOTE,
                &[
                    "The offices share their work",
                    "The first office takes the lead, the second keeps the plan, and everybody can read it.",
                    "A picture of the table",
                    "javascript:alert(1) is shown and leads nowhere",
                    "<script>alert(1)</script> and <b onclick=f()> are shown, too",
                    "=SUM(A1:A9)",
                    "The last word counts.",
                ],
            ),
        ),
        ("text", ("text.txt", TEXT, &text)),
        ("laughs", ("laughs.xhtml", LAUGHS, &["visible words &c; &d;"])),
        (
            "frame set",
            (
                "a.html",
                "<frameset onload=PWNED()><frame src=PWNED><noframes>PWNED</noframes></frameset>",
                &[],
            ),
        ),
        (
            "page in a pasted text",
            ("a.html", "<!doctype html><script>PWNED()</script><p>visible words", &["visible words"]),
        ),
    ];
    each(cases, |(name, source, shown)| shows(name, source, shown));
    let links = |name, source: &str| -> Vec<String> {
        let parsed = import(Some(name), source.as_bytes()).expect("it is a document");
        let marks = parsed.blocks.into_iter().flat_map(|block| block.marks);
        let links = marks.filter_map(|mark| match mark.kind {
            MarkKind::Link(address) => Some(address),
            _ => None,
        });
        links.collect()
    };
    assert_eq!(links("page.html", PAGE), ["https://example.org/plan"]);
    assert_eq!(links("note.md", NOTE), ["https://example.org/plan"]);
}

// Links

/// Name, address as it stands in a page, the address that is kept.
const LINKS: &[(&str, &str, Option<&str>)] = &[
    ("plain", "javascript:PWNED()", None),
    ("mixed case", "JaVaScRiPt:PWNED()", None),
    ("space in front", "  javascript:PWNED()", None),
    ("control in front", "&#1;&#x1f;javascript:PWNED()", None),
    ("control in front, as a byte", "\u{1}javascript:PWNED()", None),
    ("no-break space in front", "&nbsp;javascript:PWNED()", None),
    ("byte order mark in front", "\u{feff}javascript:PWNED()", None),
    ("zero width in front", "\u{200b}javascript:PWNED()", None),
    ("tab by number", "java&#9;script:PWNED()", None),
    ("tab by name", "java&Tab;script:PWNED()", None),
    ("tab", "java\tscript:PWNED()", None),
    ("line end", "java\nscript:PWNED()", None),
    ("line end by name", "java&NewLine;script:PWNED()", None),
    ("zero", "java&#0;script:PWNED()", None),
    ("letter by number", "&#106;avascript:PWNED()", None),
    ("letters by number without ends", "&#0000106&#0000097&#0000118&#0000097script:PWNED()", None),
    ("colon by name", "javascript&colon;PWNED()", None),
    ("colon by number", "javascript&#x3a;PWNED()", None),
    ("percent", "javascript%3aPWNED()", None),
    ("wide letters", "\u{ff4a}avascript:PWNED()", None),
    ("with an authority", "javascript://example.org/%0aPWNED()", None),
    ("data", "data:text/html,<script>PWNED()</script>", None),
    ("data in base64", "data:text/html;base64,PWNED", None),
    ("vbscript", "VBScript:PWNED", None),
    ("file", "file:///PWNED", None),
    ("blob", "blob:https://example.org/PWNED", None),
    ("view-source", "view-source:javascript:PWNED", None),
    ("feed", "feed:javascript:PWNED", None),
    ("jar", "jar:https://example.org!/PWNED", None),
    ("about", "about:PWNED", None),
    ("ftp", "ftp://example.org/PWNED", None),
    ("intent", "intent://PWNED#Intent;end", None),
    ("no scheme", "//example.org/PWNED", None),
    ("back slashes", "\\\\example.org\\PWNED", None),
    ("relative", "../PWNED", None),
    ("fragment", "#PWNED", None),
    ("web without an authority", "https:PWNED", None),
    ("web with back slashes", "https:\\\\PWNED", None),
    ("tab in a web address", "https://exam&#9;ple.org/PWNED", None),
    ("line end in a web address", "https://example.org/\nPWNED", None),
    ("space in a web address", "https://example.org/ onclick=PWNED()", None),
    ("a letter like another", "http\u{17f}://example.org/PWNED", None),
    ("nothing but a scheme", "https://", None),
    ("nobody's mail", "mailto:", None),
    ("web", "https://example.org/", Some("https://example.org/")),
    ("web with spaces around", " https://example.org/\n", Some("https://example.org/")),
    ("web in capitals", "HTTP://EXAMPLE.ORG/", Some("HTTP://EXAMPLE.ORG/")),
    ("web with a colon by number", "https&#58;//example.org/", Some("https://example.org/")),
    (
        "web that speaks of code",
        "https://example.org/?u=javascript:f()",
        Some("https://example.org/?u=javascript:f()"),
    ),
    (
        "web with quotes and brackets",
        "https://example.org/&quot;onclick=&quot;f()&gt;&lt;b&gt;",
        Some("https://example.org/\"onclick=\"f()><b>"),
    ),
    (
        "mail",
        "mailto:a@example.org?subject=%0d%0aBcc:b@example.org",
        Some("mailto:a@example.org?subject=%0d%0aBcc:b@example.org"),
    ),
];

fn only_link(parsed: &Parsed) -> Result<Option<&str>, String> {
    let marks: Vec<_> = parsed.blocks.iter().flat_map(|block| &block.marks).collect();
    match marks.as_slice() {
        [] => Ok(None),
        [mark] => match &mark.kind {
            MarkKind::Link(address) => Ok(Some(address)),
            other => Err(format!("a mark {other:?}")),
        },
        more => Err(format!("marks {more:?}")),
    }
}

#[test]
fn a_page_links_only_to_web_and_mail() {
    each(LINKS.iter().map(|(name, address, kept)| (name, (address, kept))), |(address, kept)| {
        let source = page(&format!("<p><a href=\"{address}\">visible words</a></p>"));
        shows("a.html", &source, &["visible words", BEFORE, AFTER])?;
        let parsed = import(Some("a.html"), source.as_bytes()).map_err(|error| format!("{error:?}"))?;
        let found = only_link(&parsed)?;
        ensure(found == *kept, || format!("{found:?} is kept"))
    });
    let long = page(&format!("<a href='https://example.org/{}'>visible words</a>", "PWNED".repeat(100_000)));
    shows("a.html", &long, &["visible words"]).expect("an address without end is left out");
}

#[test]
fn a_note_links_only_to_web_and_mail() {
    // What ends an address there or cannot stand in one is left to the pages.
    let can_stand = |address: &str| !address.contains(['\n', '<', '>', '\u{1}']) && address == address.trim();
    let cases = LINKS.iter().filter(|(_, address, _)| can_stand(address));
    each(cases.map(|(name, address, kept)| (name, (address, kept))), |(address, kept)| {
        let source = format!(
            "{BEFORE}\n\n[visible words](<{address}> \"PWNED\")\n\n[more words][r]\n\n[r]: <{address}>"
        );
        shows("a.md", &source, &["visible words", "more words", BEFORE])?;
        let parsed = import(Some("a.md"), source.as_bytes()).map_err(|error| format!("{error:?}"))?;
        let links: Vec<&MarkKind> =
            parsed.blocks.iter().flat_map(|block| &block.marks).map(|mark| &mark.kind).collect();
        let expected: Vec<MarkKind> = kept
            .iter()
            .flat_map(|kept| [MarkKind::Link((*kept).to_owned()), MarkKind::Link((*kept).to_owned())])
            .collect();
        ensure(links == expected.iter().collect::<Vec<_>>(), || format!("{links:?} are kept"))
    });
}

// Markdown

/// Name, source between paragraphs, what is shown of it.
const NOTES: &[(&str, &str, &[&str])] = &[
    ("script", "<script>\nPWNED()\n\nPWNED()\n</script>", &[AFTER]),
    ("style", "<style>\nPWNED\n\nPWNED\n</style>", &[AFTER]),
    ("block of a page", "<div onclick=PWNED()>\nPWNED\n</div>", &[AFTER]),
    ("comment", "<!-- PWNED\n\nPWNED -->", &[AFTER]),
    ("processing instruction", "<?php PWNED\n\nPWNED ?>", &[AFTER]),
    ("character data", "<![CDATA[ PWNED\n\nPWNED ]]>", &[AFTER]),
    ("handlers in a line", "some <b onclick=PWNED()>visible</b> words", &["some visible words", AFTER]),
    ("comment in a line", "some <!-- PWNED --> words", &["some words", AFTER]),
    (
        "picture of code",
        "![visible words](javascript:PWNED) ![more words](data:text/html,PWNED)",
        &["visible words", "more words"],
    ),
    (
        "picture that links to code",
        "[![visible words](x \"PWNED\")](vbscript:PWNED)",
        &["visible words", AFTER],
    ),
    (
        "bare link to code",
        "<javascript:harmless()> <data:text/html,harmless>",
        &["javascript:harmless()", "data:text/html,harmless"],
    ),
    ("heading with a picture", "# <img src=x onerror=PWNED()> visible words", &["visible words", AFTER]),
    (
        "escaped tags",
        "&lt;script&gt;harmless()&lt;/script&gt; \\<b onclick=f()>",
        &["<script>harmless()</script> <b onclick=f()>"],
    ),
    ("code in a line", "`<script>harmless()</script>`", &["<script>harmless()</script>"]),
    ("code in a block", "```html\n<script>harmless()</script>\n```", &["<script>harmless()</script>", AFTER]),
    ("name of a code block", "```<script>PWNED()</script>\nvisible words\n```", &["visible words", AFTER]),
    ("line ends by number", "one&#10;two&#13;three&#x2028;four&NewLine;five", &["one two three four five"]),
    (
        "a table",
        "| <b onclick=PWNED()>cell</b> | words |\n|-|-|\n| [more](javascript:PWNED) | =1+1 |",
        &["cell", "more", "=1+1"],
    ),
    ("list numbers without end", "999999999. one\n999999999. two", &["one", "two"]),
];

#[test]
fn no_code_of_a_note_is_read_and_all_of_its_text() {
    each(NOTES.iter().map(|(name, source, shown)| (name, (source, shown))), |(source, shown)| {
        let shown: Vec<&str> = shown.iter().copied().chain([BEFORE]).collect();
        shows("a.md", &format!("{BEFORE}\n\n{source}\n\n{AFTER}"), &shown)
    });
}

// Bytes

fn utf16(text: &str, bytes_of: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes_of).collect()
}

#[test]
fn odd_encodings_hide_no_code() {
    let page = page("<script>PWNED()</script>");
    let body = "<p>before it</p><script>PWNED()</script>";
    let declared = |label: &str, body: &[u8]| [format!("<meta charset={label}>").as_bytes(), body].concat();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("zero in a tag", page.replace("<script", "<scr\0ipt").into_bytes()),
        ("zero at the end", format!("{page}\0").into_bytes()),
        ("UTF-16LE", utf16(&page, u16::to_le_bytes)),
        ("UTF-16BE", utf16(&page, u16::to_be_bytes)),
        ("UTF-16 with a mark", [b"\xff\xfe".to_vec(), utf16(&page, u16::to_le_bytes)].concat()),
        ("UTF-16 with the wrong mark", [b"\xfe\xff".to_vec(), utf16(&page, u16::to_le_bytes)].concat()),
        ("UTF-16 with half a character", [utf16(&page, u16::to_le_bytes), vec![0x3c, 0xd8]].concat()),
        ("UTF-16 with half a unit", [utf16(&page, u16::to_le_bytes), vec![0x3c]].concat()),
        ("UTF-32", page.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect()),
        ("three marks", [&b"\xef\xbb\xbf\xef\xbb\xbf\xef\xbb\xbf"[..], page.as_bytes()].concat()),
        (
            "overlong bytes",
            declared("utf-8", b"<p>before it</p>\xc0\xbcscript\xc0\xbePWNED()\xc0\xbc/script\xc0\xbe"),
        ),
        ("surrogates in UTF-8", declared("utf-8", b"<p>before it \xed\xa0\xbc\xed\xb0\xbc</p>")),
        ("UTF-7", declared("utf-7", body.as_bytes())),
        ("no such encoding", declared("x-harm", body.as_bytes())),
        ("an encoding without use", declared("hz-gb-2312", body.as_bytes())),
        ("escapes", declared("iso-2022-jp", b"<p>before it \x1b$B\x1b(B</p><script>PWNED()</script>")),
        ("escapes in a tag", declared("iso-2022-jp", b"<p>before it</p><scr\x1b(Bipt>PWNED()</script>")),
        (
            "a trailing byte that is a bracket",
            declared("shift_jis", b"<p>before it \x81</p><script>PWNED()</script>"),
        ),
        ("UTF-16 that is none", declared("utf-16", body.as_bytes())),
        ("a declaration without an end", format!("<meta charset=\"{page}").into_bytes()),
    ];
    each(cases, |bytes| {
        for name in [Some("a.html"), Some("a.md"), Some("a.txt"), None] {
            let result = read(name, &bytes)?;
            let shown = result.as_ref().map(text_of).unwrap_or_default();
            // Only a page has code; what is broken into characters runs nowhere.
            let has_code = name == Some("a.html") && shown.contains(CODE) && !shown.contains('\u{fffd}');
            ensure(!has_code, || format!("code is read: {shown:?}"))?;
        }
        Ok(())
    });
}

#[test]
fn texts_that_other_programs_obey_stay_as_they_are() {
    each(STRINGS.iter().map(|text| (format!("{text:?}"), *text)), |text| {
        let line = normalized(text).replace(['\n', '\t'], " ");
        let line = line.trim();
        let result = read(Some("a.txt"), format!("{BEFORE}\n{line}\n{AFTER}").as_bytes())?;
        let shown = text_of(&result.map_err(|error| format!("{error:?}"))?);
        ensure(shown.contains(line), || format!("{line:?} is not in {shown:?}"))
    });
}

// Sizes and depths: each in a process of its own, so that one that hangs or overflows the stack is told by its name.

const MANY: usize = 60_000;
const DEPTH: usize = 100_000;
const CASE: &str = "CONCORD_HOSTILE_CASE";

/// A name, a file name, and the way to the source.
type Heavy = (&'static str, &'static str, fn() -> String);

const HEAVY: &[Heavy] = &[
    ("deep divisions", "a.html", || deep("<div>")),
    ("deep emphasis", "a.html", || deep("<b><i>")),
    ("deep own elements", "a.html", || deep("<x-w>")),
    ("deep drawings", "a.html", || deep("<svg>")),
    ("deep formulas", "a.html", || deep("<math><mi>")),
    ("deep templates", "a.html", || deep("<template>")),
    ("deep links", "a.html", || deep("<a href=https://example.org/>")),
    ("deep forms and buttons", "a.html", || deep("<form><button>")),
    ("deep readings", "a.html", || deep("<rt>")),
    ("deep groups of options", "a.html", || many("<optgroup>", "<div></div>")),
    ("deep links in a drawing", "a.html", || {
        html(&format!("<svg>{}{}", "<a>".repeat(MANY), "</q>".repeat(MANY)))
    }),
    ("deep cells in a formula", "a.html", || {
        html(&format!("<math>{}{}", "<td>".repeat(MANY), "</q>".repeat(MANY)))
    }),
    ("depth behind a style in a drawing", "a.html", || behind("<svg><style>")),
    ("depth behind a title in a drawing", "a.html", || behind("<svg><title>")),
    ("depth behind a title in a choice", "a.html", || behind("<select><title></select>")),
    ("depth behind a comment that ends early", "a.html", || behind("<!-- --!>")),
    ("depth behind a value that begins too early", "a.html", || behind("<p =\">")),
    ("depth behind a quote in a value", "a.html", || behind("<p x=y=\">")),
    ("depth behind a declaration", "a.html", || behind("<! <script>")),
    ("depth behind an instruction", "a.html", || behind("<? <style>")),
    ("depth behind end tags that end nothing", "a.html", || many("<div><object></div>", "<html>")),
    ("many attributes", "a.html", || {
        let attributes: String = (0..DEPTH).map(|n| format!(" a{n}=x")).collect();
        html(&format!("<p{attributes}>{AFTER}"))
    }),
    ("a huge attribute", "a.html", || {
        let value = "PWNED ".repeat(100_000);
        html(&format!("<p title='{value}' style='{value}' data-x='{value}' onclick='{value}'>{AFTER}"))
    }),
    ("many classes", "a.html", || {
        let classes: String = (0..DEPTH).map(|n| format!(" c{n}")).collect();
        html(&format!("<p class='{classes}'>{AFTER}"))
    }),
    ("many marks in one block", "a.html", || many("<b>x</b> <i>y</i> ", "")),
    ("many unclosed tags", "a.html", || many("<a <b <i ", "")),
    ("many brackets", "a.html", || many("<<<<<<<<<<", "")),
    ("many comments", "a.html", || many("<!--", "")),
    ("many ends of scripts", "a.html", || html(&format!("<script>{}", "</scrip".repeat(MANY)))),
    ("many ampersands", "a.html", || many("&amp&#&#x&lt", "")),
    ("many misplaced cells", "a.html", || html(&format!("<table>{}", "<p>x<b>y<i>z".repeat(MANY / 4)))),
    ("deep linked data", "a.html", || {
        html(&format!("<script type=application/ld+json>{}</script>{AFTER}", "[{\"a\":".repeat(DEPTH)))
    }),
    ("deep quotes", "a.md", || format!("{} {AFTER}", ">".repeat(DEPTH))),
    ("deep quotes over lines", "a.md", || format!("{} {AFTER}\n", ">".repeat(1_000)).repeat(1_000)),
    ("deep lists", "a.md", || format!("{}{AFTER}", "- ".repeat(MANY))),
    ("deep emphasis over a long text", "a.md", || {
        format!("{}{}{}", "**a ".repeat(20_000), "x ".repeat(100_000), "b** ".repeat(20_000))
    }),
    ("unclosed emphasis", "a.md", || "*a_ **b__ ".repeat(MANY)),
    ("unclosed brackets", "a.md", || "[![".repeat(MANY)),
    ("unclosed links", "a.md", || "[a](<b".repeat(MANY)),
    ("unclosed code", "a.md", || (1..2_000).map(|n| format!("{} x ", "`".repeat(n))).collect()),
    ("unclosed markup", "a.md", || "<!-- <? <![CDATA[ <a b='".repeat(MANY)),
    ("wide tables", "a.md", || {
        format!("{}|\n{}|\n{}", "|a".repeat(10_000), "|-".repeat(10_000), "|b|\n".repeat(10_000))
    }),
    ("many definitions", "a.md", || {
        let definitions: String = (0..MANY).map(|n| format!("[a{n}]: https://example.org/{n}\n")).collect();
        definitions + &"[a1] ".repeat(MANY)
    }),
    ("many lines", "a.txt", || "=1+1\n".repeat(300_000)),
    ("many letters with marks", "a.txt", || "e\u{301}\u{323}".repeat(300_000)),
    ("many marks on a letter", "a.txt", || format!("e{}", "\u{301}\u{323}".repeat(200_000))),
    ("many digits", "a.txt", || {
        format!("{AFTER}\nUpdated {0}/{0}/{0} {0}:{0} GMT+{0}\n{AFTER}", "9".repeat(50_000))
    }),
    ("many line ends", "a.txt", || format!("{}{AFTER}", "\r\u{2028}\u{85}\n\r".repeat(300_000))),
];

fn html(body: &str) -> String {
    format!("<meta charset=utf-8><p>{BEFORE}</p>{body}")
}

fn deep(tag: &str) -> String {
    html(&format!("{}<p>{AFTER}", tag.repeat(DEPTH)))
}

fn many(first: &str, then: &str) -> String {
    html(&format!("{}{}<p>{AFTER}", first.repeat(MANY), then.repeat(MANY)))
}

/// Depth behind something after which the tags that lie too deep may not be seen.
fn behind(start: &str) -> String {
    html(&format!("{start}{}<p>{AFTER}", "<div>".repeat(MANY)))
}

/// Reads the document of one number, when it is asked to.
#[test]
#[ignore = "is run by the next test"]
fn one_heavy_document() {
    let number = std::env::var(CASE).ok().and_then(|number| number.parse::<usize>().ok());
    let Some((_, file, source)) = number.and_then(|number| HEAVY.get(number)) else { return };
    let result = import(Some(file), source().as_bytes());
    let check = result.as_ref().map_or(Ok(()), is_well_read);
    assert_eq!(check, Ok(()));
}

#[test]
#[ignore = "takes minutes; some sizes still keep an importer busy until it is cancelled"]
fn no_size_and_no_depth_keeps_an_importer_busy() {
    let program = std::env::current_exe().expect("a test knows its program");
    each(HEAVY.iter().enumerate().map(|(number, (name, ..))| (name, number)), |number| {
        let mut child = Command::new(&program)
            .args(["--exact", "hostile::one_heavy_document", "--ignored"])
            .env(CASE, number.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| error.to_string())?;
        let start = Instant::now();
        while start.elapsed() < LONGEST {
            if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
                return ensure(status.success(), || format!("ended with {status}"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        child.kill().and_then(|()| child.wait()).map_err(|error| error.to_string())?;
        Err(format!("was still busy after {LONGEST:?}"))
    });
}

// What is written

/// Texts that some other program would obey, or that break naive quoting.
const STRINGS: &[&str] = &[
    "=cmd|' /C calc'!A0",
    "=HYPERLINK(\"https://example.org/\",\"here\")",
    "+1+1",
    "-1+1",
    "@SUM(1;1)",
    "\t=1+1",
    "\r=1+1",
    "\"; alert(1); \"",
    "'; DROP TABLE documents; --",
    "</script><script>alert(1)</script>",
    "<!-- ]]> -->",
    "\\u003cscript\\u003e \\\" \\\\",
    "{\"v\":99}",
    "${7*7} {{7*7}} <%= 7*7 %> %s %n",
    "a\nb\r\nc\u{2028}d\u{2029}e\u{85}f",
    "\u{202e}cod.exe\u{202c}",
    "\u{200b}\u{200d}\u{feff}\u{2060}x",
    "\u{0}\u{1}\u{8}\u{1b}[31m\u{7f}\u{9f}x",
    "\u{fffd}\u{ffff}\u{10ffff}x",
    "e\u{301}\u{323} \u{1f468}\u{200d}\u{1f469}",
    "../../etc/passwd",
    "..\\..\\windows\\system32",
    "C:\\x",
    "/etc/passwd",
    "file:///x",
    "a\u{2215}b\u{ff0f}c",
    ".htaccess",
    "-rf",
    "x.exe\u{0}.txt",
];

fn document(title: &str, blocks: Vec<Block>) -> Document {
    let row = json!({
        "v": 2, "id": "0190163d-8694-739b-aea5-966c26f8ad90", "title": title, "language": "en",
        "source": { "format": "text", "file_name": title, "text_sha256": "", "bytes": 1 },
        "meta": { "section": title, "updated_at": null, "byline": title },
        "left_out": [title], "revision": 1, "imported_at": NOW, "chars": 1,
    });
    let row: DocumentRow = from_json(&row.to_string()).expect("the row can be read");
    row.with_text(RevisionRow { v: 2, blocks, role_versions: Vec::new(), face: None })
}

fn annotation(document: &Document, span: Span, says: &str) -> Annotation {
    let text = DocumentText::new(&document.blocks);
    Annotation {
        id: says.into(),
        document: document.id.clone(),
        revision: 1,
        selectors: describe(&text, span),
        further: Vec::new(),
        kept: None,
        tags: vec!["lead".into(), says.into()],
        note: says.to_owned(),
        created: NOW,
        stamp: Stamp {
            modified: NOW,
            clock: LogicalTime { wall: NOW, counter: 1 },
            device: says.into(),
            author: Some(says.to_owned()),
        },
        versions: Versions::default(),
        rivals: Vec::new(),
        deleted: None,
    }
}

fn tag(says: &str) -> Tag {
    let mut tag = Codebook::default().tags().first().expect("a tag is built in").clone();
    tag.id = says.into();
    tag.name.en = says.to_owned();
    tag.name.vi = says.to_owned();
    tag
}

/// A document whose every text is this one, with an annotation on all of it.
fn made_of(says: &str) -> (Document, Annotation) {
    let line = normalized(says).replace('\n', " ");
    let document = document(
        says,
        vec![Block::plain(Role::Paragraph, line.clone()), Block::plain(Role::Paragraph, line)],
    );
    let length = DocumentText::new(&document.blocks).char_len();
    let annotation = annotation(&document, Span { start: CharOffset(0), end: length }, says);
    (document, annotation)
}

fn same<T: PartialEq + Debug>(what: &str, found: &T, expected: &T) -> Check {
    ensure(found == expected, || format!("{what} is {found:?} and not {expected:?}"))
}

#[test]
fn a_web_annotation_file_gives_every_text_back() {
    each(STRINGS.iter().map(|text| (format!("{text:?}"), *text)), |says| {
        let (document, annotation) = made_of(says);
        let rows = [AnnotationRow::from(&annotation)];
        let file = web_annotation(&DocumentRow::from(&document), &rows, &[tag(says)], NOW);
        let value: Value = serde_json::from_str(&file.text).map_err(|error| error.to_string())?;
        let item = &value["first"]["items"][0];
        let quote = &item["target"]["selector"][0];
        same("the label", &value["label"], &json!(says))?;
        same("the quote", &quote["exact"], &json!(annotation.selectors.quote.exact))?;
        same("the tag", &item["body"][1]["value"], &json!(says))?;
        same("the note", &item["body"][2]["value"], &json!(says))?;
        same("the author", &item["creator"]["name"], &json!(says))
    });
}

#[test]
fn a_file_name_has_nothing_but_letters_digits_and_dashes() {
    let long = ["x".repeat(5_000), "a/".repeat(5_000), "ế ".repeat(5_000)];
    let titles = STRINGS.iter().copied().chain(long.iter().map(String::as_str));
    each(titles.map(|title| (format!("{:?}", title.chars().take(40).collect::<String>()), title)), |title| {
        let name = web_annotation(&DocumentRow::from(&document(title, Vec::new())), &[], &[], NOW).name;
        let stem = name.strip_suffix(".annotations.jsonld").unwrap_or_default();
        let is_plain = stem.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        ensure(is_plain && (1..=80).contains(&stem.len()) && !stem.starts_with('-'), || name.clone())
    });
}

#[test]
fn a_file_name_is_no_device() {
    let devices = ["CON", "prn", "Aux", "nul", "COM1", "lpt9"];
    each(devices.map(|title| (title, title)), |title| {
        let name = web_annotation(&DocumentRow::from(&document(title, Vec::new())), &[], &[], NOW).name;
        let stem = name.split('.').next().unwrap_or_default();
        ensure(!stem.eq_ignore_ascii_case(title), || format!("{name} opens a device on some systems"))
    });
}

/// A backup of one document, with a file under a name.
fn backup_of(document: &Document, annotation: &Annotation, file_name: &str) -> Vec<u8> {
    let mut writer = BackupWriter::new("2027-03-03T09:40:00.000Z".to_owned(), "there".into());
    let mut add = |store: &str, key: Value, json: String| {
        writer.rows(store, &[(key, json)]).expect("there is room");
    };
    add("documents", json!(document.id), to_json(&DocumentRow::from(document)));
    add("revisions", json!([document.id, 1]), to_json(&RevisionRow::from(document)));
    add("annotations", json!([document.id, annotation.id]), to_json(&AnnotationRow::from(annotation)));
    writer.file(document.id.clone(), 1, file_name.to_owned(), file_name.as_bytes()).expect("there is room");
    writer.finish().expect("there is room")
}

#[test]
fn a_backup_gives_every_text_back() {
    each(STRINGS.iter().map(|text| (format!("{text:?}"), *text)), |says| {
        let (document, annotation) = made_of(says);
        let bytes = backup_of(&document, &annotation, says);
        let mut backup = Backup::open(&bytes).map_err(|error| format!("{error:?}"))?;
        let rows = backup.rows().map_err(|error| format!("{error:?}"))?;
        same("the document", &rows.documents, &vec![DocumentRow::from(&document)])?;
        let revision = (document.id.clone(), 1, RevisionRow::from(&document));
        same("the text", &rows.revisions, &vec![revision])?;
        same("the annotation", &rows.annotations, &vec![AnnotationRow::from(&annotation)])?;
        same("the unreadable", &rows.unreadable, &0)?;
        let part = backup.manifest.parts.iter().find(|part| part.file.is_some()).cloned();
        let part = part.ok_or("there is no file")?;
        same("its path", &part.path, &"files/000001".to_owned())?;
        same("its name", &part.file, &Some((document.id, 1, says.to_owned())))?;
        same("its bytes", &backup.part(&part), &Ok(says.as_bytes().to_vec()))
    });
}

#[test]
fn a_backup_keeps_rows_apart_whatever_they_hold() {
    let good = to_json(&json!("good"));
    let spread = "{\n\"v\": 1,\r\n\"x\": [\n]\n}";
    let rows: Vec<(Value, String)> = [
        ("damaged", "{\"v\":1}\n{\"key\":\"forged\",\"row\":1}"),
        ("cut", "{\"v\":"),
        ("empty", ""),
        ("spread", spread),
        ("escape", "\"\\ud800\""),
        ("good", good.as_str()),
    ]
    .map(|(key, json)| (json!(key), json.to_owned()))
    .into();
    let mut writer = BackupWriter::new(String::new(), "there".into());
    writer.rows("tasks", &rows).expect("there is room");
    let bytes = writer.finish().expect("there is room");
    let rows = Backup::open(&bytes).expect("it is whole").rows().expect("it is whole");
    let kept: Vec<&str> = rows.others.iter().map(|(_, key, _)| key.as_str()).collect();
    assert_eq!(kept, ["spread", "escape", "good"]);
    let value = |json: &str| serde_json::from_str::<Value>(json).expect("it is JSON");
    assert_eq!(value(&rows.others[0].2), value(spread));
    assert_eq!(rows.unreadable, 3);
}

// Hostile backups

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (path, bytes) in entries {
        zip.start_file(*path, options).expect("there is room");
        zip.write_all(bytes).expect("there is room");
    }
    zip.finish().expect("there is room").into_inner()
}

fn manifest(parts: &[Value]) -> Value {
    json!({
        "format": "concord-backup", "version": 1, "app": "0.1.0", "created": "2027-03-03T09:40:00.000Z",
        "device": "there", "parts": parts,
    })
}

fn part(path: &str, bytes: &[u8]) -> Value {
    json!({ "path": path, "sha256": sha256(bytes), "bytes": bytes.len() })
}

/// An archive whose manifest is true.
fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let listed: Vec<Value> = parts.iter().map(|(path, bytes)| part(path, bytes)).collect();
    with_manifest(parts, &manifest(&listed))
}

fn with_manifest(parts: &[(&str, &[u8])], manifest: &Value) -> Vec<u8> {
    let manifest = manifest.to_string();
    zipped(&[parts, &[("manifest.json", manifest.as_bytes())]].concat())
}

const DOCUMENT: &str = r#"{"v":2,"id":"d1","title":"Plan","language":"en","source":{"format":"text","file_name":"a.txt","text_sha256":"","bytes":1},"revision":1,"imported_at":0,"chars":9}"#;
const REVISION: &str =
    r#"{"v":2,"blocks":[{"role":"paragraph","text":"one two"},{"role":"paragraph","text":"x"}]}"#;

fn line(key: &str, row: &str) -> String {
    format!("{{\"key\":{key},\"row\":{row}}}\n")
}

/// A backup of one document, with one more row in a store.
fn with_row(store: &str, key: &str, row: &str) -> Vec<u8> {
    let extra = line(key, row);
    let mut stores = vec![
        ("documents", line("\"d1\"", DOCUMENT)),
        ("revisions", if store == "revisions" { String::new() } else { line("[\"d1\",1]", REVISION) }),
    ];
    match stores.iter_mut().find(|(known, _)| *known == store) {
        Some((_, lines)) => lines.push_str(&extra),
        None => stores.push((store, extra)),
    }
    let paths: Vec<(String, String)> =
        stores.into_iter().map(|(store, lines)| (format!("{store}.jsonl"), lines)).collect();
    let parts: Vec<(&str, &[u8])> =
        paths.iter().map(|(path, lines)| (path.as_str(), lines.as_bytes())).collect();
    archive(&parts)
}

/// What the vault makes of a backup: the rows, and what restoring them into an empty library and over itself would
/// do. Everything that the app does with such rows when they are opened is done as well.
fn taken_in(bytes: &[u8]) -> Result<(BackupRows, Vec<Plan>), BackupError> {
    let mut backup = Backup::open(bytes)?;
    let mut rows = backup.rows()?;
    rows.believe_clocks_until(NOW);
    let latest = rows.annotations.iter().map(|row| row.stamp.clock).max().unwrap_or_default();
    let clock = LogicalTime { wall: NOW, counter: 0 }.after(latest);
    assert!(clock > latest, "a restore is later than what it restores");
    assert!(clock.tick(NOW) > clock, "and the next edit is later still");
    let stamp = Stamp { modified: NOW, clock, device: "here".into(), author: None };
    let own = Held {
        documents: rows.documents.iter().map(|row| (row.id.clone(), row.clone())).collect(),
        texts: rows.revisions.iter().map(|(id, n, _)| (id.clone(), *n)).collect(),
        revisions: rows.revisions.iter().map(|(id, n, row)| ((id.clone(), *n), row.clone())).collect(),
        annotations: rows.annotations.iter().map(|row| (row.id.clone(), row.clone())).collect(),
        tags: rows.tags.iter().map(|row| (row.tag.id.clone(), row.clone())).collect(),
        others: rows.others.iter().map(|(store, key, _)| (store.clone(), key.clone())).collect(),
    };
    let mut plans = Vec::new();
    for held in [Held::default(), own] {
        for mode in [RestoreMode::Merge, RestoreMode::Replace] {
            plans.push(plan(&rows, &held, mode, &stamp));
        }
    }
    for (document, _, revision) in &rows.revisions {
        let text = DocumentText::new(&revision.blocks);
        for annotation in rows.annotations.iter().filter(|row| row.document == *document) {
            resolve(&text, &annotation.selectors);
        }
    }
    for document in &rows.documents {
        let file = web_annotation(document, &rows.annotations, &[], NOW);
        assert!(serde_json::from_str::<Value>(&file.text).is_ok(), "the export is JSON");
    }
    Ok((rows, plans))
}

/// What every plan promises, whatever was in the archive.
fn is_harmless(rows: &BackupRows, plans: &[Plan]) -> Check {
    for (_, _, revision) in &rows.revisions {
        is_sound(&revision.blocks)?;
    }
    for plan in plans {
        for (_, _, revision) in &plan.revisions {
            is_sound(&revision.blocks)?;
        }
        ensure(!format!("{plan:?}").contains(CODE), || format!("code is restored: {plan:?}"))?;
        let is_known = |store: &str| matches!(store, "tasks" | "study" | "settings");
        let strange = plan.others.iter().find(|(store, _, _)| !is_known(store));
        ensure(strange.is_none(), || format!("{strange:?} would be written"))?;
        let mut ids: Vec<&str> = plan.documents.iter().map(|row| row.id.as_str()).collect();
        ids.sort_unstable();
        ensure(ids.windows(2).all(|pair| pair[0] != pair[1]), || format!("{ids:?} would be written twice"))?;
    }
    Ok(())
}

/// An archive is refused, or nothing harmful of it is taken in; either way soon.
fn is_refused_or_harmless(bytes: &[u8]) -> Check {
    let start = Instant::now();
    let result = taken_in(bytes);
    let took = start.elapsed();
    ensure(took < LONGEST, || format!("took {took:?}"))?;
    result.map_or(Ok(()), |(rows, plans)| is_harmless(&rows, &plans))
}

fn is_refused(bytes: &[u8]) -> Check {
    let start = Instant::now();
    let result = Backup::open(bytes).and_then(|mut backup| backup.rows());
    let took = start.elapsed();
    ensure(took < LONGEST, || format!("took {took:?}"))?;
    ensure(result.is_err(), || format!("it is taken in: {result:?}"))
}

#[test]
fn the_harmless_backup_is_taken_in() {
    let (rows, plans) = taken_in(&with_row("tasks", "\"t1\"", "{}")).expect("it is whole");
    assert_eq!(
        (rows.documents.len(), rows.revisions.len(), rows.others.len(), rows.unreadable),
        (1, 1, 1, 0)
    );
    assert_eq!(is_harmless(&rows, &plans), Ok(()));
}

#[test]
fn what_is_no_whole_backup_is_refused() {
    let rows = line("\"d1\"", DOCUMENT);
    let rows = rows.as_bytes();
    let truth = part("documents.jsonl", rows);
    let told = |change: &dyn Fn(&mut Value)| {
        let mut manifest = manifest(std::slice::from_ref(&truth));
        change(&mut manifest);
        with_manifest(&[("documents.jsonl", rows)], &manifest)
    };
    let set = |at: &str, value: Value| {
        told(&|manifest| *manifest.pointer_mut(at).expect("it has such a field") = value.clone())
    };
    let deep = "[".repeat(100_000);
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", Vec::new()),
        ("text", b"PK is how archives begin".to_vec()),
        ("an empty archive", zipped(&[])),
        ("no manifest", zipped(&[("documents.jsonl", rows)])),
        ("a manifest elsewhere", zipped(&[("x/manifest.json", b"{}"), ("documents.jsonl", rows)])),
        ("a manifest in capitals", zipped(&[("MANIFEST.JSON", manifest(&[]).to_string().as_bytes())])),
        ("an empty manifest", zipped(&[("manifest.json", b"")])),
        ("a manifest that is a list", zipped(&[("manifest.json", b"[]")])),
        ("a manifest that is a number", zipped(&[("manifest.json", b"1e999")])),
        ("a manifest of bytes", zipped(&[("manifest.json", b"\xff\xfe\x00\x00")])),
        ("a deep manifest", zipped(&[("manifest.json", deep.as_bytes())])),
        (
            "a manifest with two ends",
            zipped(&[("manifest.json", format!("{0}{0}", manifest(&[])).as_bytes())]),
        ),
        ("another format", set("/format", json!("concord-backup2"))),
        ("a format that is a number", set("/format", json!(1))),
        ("version 2", set("/version", json!(2))),
        ("the last version", set("/version", json!(u32::MAX))),
        ("a version beyond", set("/version", json!(u64::MAX))),
        ("a negative version", set("/version", json!(-1))),
        ("a broken version", set("/version", json!(1.5))),
        ("a version in words", set("/version", json!("1"))),
        ("no version", set("/version", Value::Null)),
        ("parts that are none", set("/parts", json!("documents.jsonl"))),
        ("a wrong digest", set("/parts/0/sha256", json!(sha256(b"PWNED")))),
        ("an empty digest", set("/parts/0/sha256", json!(""))),
        ("a digest that is a number", set("/parts/0/sha256", json!(0))),
        ("a part that is missing", set("/parts/0/path", json!("revisions.jsonl"))),
        ("a part without a name", set("/parts/0/path", json!(""))),
        ("a part that is the file system's", set("/parts/0/path", json!("/etc/passwd"))),
        ("a part that is larger", set("/parts/0/bytes", json!(rows.len() - 1))),
        ("a part that is smaller", set("/parts/0/bytes", json!(rows.len() + 1))),
        ("a part of nothing", set("/parts/0/bytes", json!(0))),
        ("a part of more than anything", set("/parts/0/bytes", json!(u64::MAX))),
        (
            "parts of more than anything",
            told(&|manifest| {
                let mut huge = truth.clone();
                huge["bytes"] = json!(u64::MAX);
                manifest["parts"] = json!([huge.clone(), huge.clone(), huge]);
            }),
        ),
        ("a part of a negative size", set("/parts/0/bytes", json!(-1))),
        ("rows that are no text", archive(&[("documents.jsonl", b"\xff\xfe\x00")])),
    ];
    each(cases, |bytes| is_refused(&bytes));
    let newer = |version: Value| Backup::open(&set("/version", version)).err();
    assert_eq!(newer(json!(2)), Some(BackupError::Newer { version: 2 }));
    assert_eq!(newer(json!(u64::MAX)), Some(BackupError::Newer { version: u32::MAX }));
}

#[test]
fn paths_in_an_archive_lead_nowhere() {
    let paths = [
        "../../PWNED",
        "../../PWNED.jsonl",
        "/PWNED.jsonl",
        "//PWNED/PWNED.jsonl",
        "C:\\PWNED.jsonl",
        "..\\..\\PWNED.jsonl",
        "C:PWNED.jsonl",
        "\\\\PWNED\\PWNED.jsonl",
        "file:///PWNED.jsonl",
        "documents.jsonl/../PWNED.jsonl",
        "./documents.jsonl",
        "PWNED\u{0}.jsonl",
        "PWNED\u{202e}lnosj",
        "PWNED/",
        ".jsonl",
        "PWNED.jsonl",
        "settings/../PWNED.jsonl",
        "Settings.jsonl",
        "settings.jsonl.jsonl",
    ];
    let rows = line("\"PWNED\"", "{\"v\":1}");
    let cases = paths.into_iter().flat_map(|path| {
        let listed = archive(&[("documents.jsonl", b""), (path, rows.as_bytes())]);
        let hidden = with_manifest(&[(path, rows.as_bytes())], &manifest(&[]));
        let counted = u32::from(path.ends_with(".jsonl"));
        [(format!("{path:?}"), (listed, counted)), (format!("{path:?}, not in the manifest"), (hidden, 0))]
    });
    each(cases, |(bytes, unreadable)| {
        is_refused_or_harmless(&bytes)?;
        let Ok((rows, _)) = taken_in(&bytes) else { return Ok(()) };
        same("what is counted", &rows.unreadable, &unreadable)?;
        same("what is taken in", &rows, &BackupRows { unreadable: rows.unreadable, ..BackupRows::default() })
    });
}

/// Replaces bytes that stand somewhere in an archive, in all places.
fn patched(mut bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let places: Vec<usize> =
        bytes.windows(from.len()).enumerate().filter(|(_, found)| *found == from).map(|(at, _)| at).collect();
    assert!(!places.is_empty(), "what is to be replaced is there");
    for at in places {
        bytes[at..at + to.len()].copy_from_slice(to);
    }
    bytes
}

#[test]
fn names_that_stand_twice_confuse_nobody() {
    let good = line("\"d1\"", DOCUMENT);
    let evil = line("\"d1\"", &DOCUMENT.replace("Plan", CODE));
    let (good, evil) = (good.as_bytes(), evil.as_bytes());
    let truth = manifest(&[part("documents.jsonl", good)]).to_string();
    let listed_twice = with_manifest(
        &[("documents.jsonl", good)],
        &manifest(&[part("documents.jsonl", good), part("documents.jsonl", good)]),
    );
    let row_twice = [good, good].concat();
    let cases = [
        (
            "the good part first",
            doubled(&[
                ("documents.jsonl", good),
                ("documents.jsonX", evil),
                ("manifest.json", truth.as_bytes()),
            ]),
        ),
        (
            "the good part last",
            doubled(&[
                ("documents.jsonX", evil),
                ("documents.jsonl", good),
                ("manifest.json", truth.as_bytes()),
            ]),
        ),
        ("a part that is listed twice", listed_twice),
        ("a row that stands twice", archive(&[("documents.jsonl", &row_twice)])),
    ];
    each(cases, |bytes| is_refused_or_harmless(&bytes));
}

/// An archive in which names that end in `X` are written as names of other entries.
fn doubled(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let doubles = [("documents.jsonX", "documents.jsonl"), ("manifest.jsoX", "manifest.json")];
    doubles
        .iter()
        .filter(|(double, _)| entries.iter().any(|(path, _)| path == double))
        .fold(zipped(entries), |bytes, (double, name)| patched(bytes, double.as_bytes(), name.as_bytes()))
}

/// Programs disagree on which of two manifests counts: one that is believed here may not be what another one shows.
#[test]
fn an_archive_with_two_manifests_is_refused() {
    let (mine, other) = (line("\"d1\"", DOCUMENT), line("\"d2\"", &DOCUMENT.replace("d1", "d2")));
    let (mine, other) = (mine.as_bytes(), other.as_bytes());
    let [first, second] = [mine, other].map(|rows| manifest(&[part("documents.jsonl", rows)]).to_string());
    let both = doubled(&[
        ("documents.jsonl", mine),
        ("documents.jsonX", other),
        ("manifest.json", first.as_bytes()),
        ("manifest.jsoX", second.as_bytes()),
    ]);
    assert_eq!(is_refused(&both), Ok(()));
}

fn sample() -> Vec<u8> {
    let (document, annotation) =
        made_of("The offices share their work, \u{1f600} and everybody can read it.");
    backup_of(&document, &annotation, "a.txt")
}

fn everything(bytes: &[u8]) -> Result<(BackupRows, Vec<Vec<u8>>), BackupError> {
    let mut backup = Backup::open(bytes)?;
    let rows = backup.rows()?;
    let parts = backup.manifest.parts.clone();
    Ok((rows, parts.iter().map(|part| backup.part(part)).collect::<Result<_, _>>()?))
}

#[test]
fn a_backup_that_is_cut_off_is_refused() {
    let bytes = sample();
    everything(&bytes).expect("the whole of it is taken in");
    each((0..bytes.len()).step_by(50).map(|end| (format!("{end} of {}", bytes.len()), end)), |end| {
        is_refused(&bytes[..end])?;
        // Neither is one that lacks its beginning believed to be another.
        let tail = everything(&bytes[end..]);
        ensure(end == 0 || tail.is_err() || tail == everything(&bytes), || {
            format!("the rest reads as {tail:?}")
        })
    });
    assert!(is_refused(&bytes[..bytes.len() - 1]).is_ok());
}

#[test]
fn bytes_around_a_backup_change_nothing() {
    let bytes = sample();
    let whole = everything(&bytes);
    let script = b"<!doctype html><script>PWNED()</script>";
    let before = [&script[..], &bytes[..]].concat();
    let after = [&bytes[..], &script[..]].concat();
    for (name, bytes) in [("before", before), ("after", after)] {
        let found = everything(&bytes);
        assert!(found.is_err() || found == whole, "{name}: {found:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_backup_with_flipped_bits_is_refused_or_reads_the_same(
        flips in prop::collection::vec((any::<prop::sample::Index>(), 1_u8..), 1..6)
    ) {
        let bytes = sample();
        let whole = everything(&bytes);
        let mut flipped = bytes.clone();
        for (at, bits) in &flips {
            flipped[at.index(bytes.len())] ^= bits;
        }
        let found = everything(&flipped);
        prop_assert!(found.is_err() || found == whole, "{:?}", found);
    }

    #[test]
    fn any_bytes_are_no_backup(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        prop_assert_eq!(is_refused(&bytes), Ok(()));
        prop_assert_eq!(is_refused(&[&b"PK\x03\x04"[..], &bytes[..]].concat()), Ok(()));
    }

    #[test]
    fn any_row_is_taken_in_or_counted(
        store in prop::sample::select(&["documents", "revisions", "annotations", "tags", "journal", "settings"][..]),
        row in "(\\{\"v\":[0-3],)?(\\[|\\{|\"|\\}|\\]|,|:|1|null|\\\\|\\\\u[0-9a-f]{4}|\"v\"|\"id\"|\"blocks\"|[a-z]){0,12}",
    ) {
        let bytes = with_row(store, "\"k\"", &row);
        let (rows, plans) = taken_in(&bytes).expect("the archive is whole");
        prop_assert_eq!(is_harmless(&rows, &plans), Ok(()));
    }
}

#[test]
fn what_unpacks_to_more_than_it_should_is_refused() {
    let zeros = vec![0_u8; 100_000_000];
    let packed = zipped(&[("documents.jsonl", &zeros)]);
    assert!(packed.len() < 1_000_000);
    let entry = |size: u64| json!({ "path": "documents.jsonl", "sha256": sha256(b""), "bytes": size });
    // The entry as it is, under a manifest that says something else of it.
    let told = |parts: &[Value]| {
        let mut zip = ZipWriter::new_append(Cursor::new(packed.clone())).expect("it is an archive");
        zip.start_file("manifest.json", SimpleFileOptions::default()).expect("there is room");
        zip.write_all(manifest(parts).to_string().as_bytes()).expect("there is room");
        zip.finish().expect("there is room").into_inner()
    };
    // The archive says that the part is small, too.
    let size = 100_000_000_u32.to_le_bytes();
    let lying = patched(told(&[entry(10)]), &size, &10_u32.to_le_bytes());
    let cases = [
        ("a part that is said to be small", told(&[entry(10)])),
        ("a part that everything says to be small", lying),
        ("a part that is listed many times", told(&[(); 5].map(|()| entry(100_000_000)))),
        ("a manifest of zeros", zipped(&[("manifest.json", &zeros)])),
    ];
    each(cases, |bytes| is_refused(&bytes));
    let told_truly = archive(&[("documents.jsonl", &zeros[..20_000_000])]);
    assert_eq!(is_refused_or_harmless(&told_truly), Ok(()), "zeros instead of rows");
}

#[test]
fn a_size_that_the_archive_lies_about_changes_nothing() {
    let rows = line("\"d1\"", DOCUMENT);
    let bytes = archive(&[("documents.jsonl", rows.as_bytes())]);
    let whole = everything(&bytes);
    let size = (rows.len() as u32).to_le_bytes();
    each([0, 1, 10_000, u32::MAX - 1, u32::MAX].map(|lie| (lie.to_string(), lie)), |lie: u32| {
        let found = everything(&patched(bytes.clone(), &size, &lie.to_le_bytes()));
        ensure(found.is_err() || found == whole, || format!("{found:?}"))
    });
}

// Hostile rows

fn revision(block: &str) -> String {
    format!(r#"{{"v":2,"blocks":[{block}]}}"#)
}

fn marked(start: &str, end: &str, kind: &str) -> String {
    revision(&format!(
        r#"{{"role":"paragraph","text":"one two","marks":[{{"span":{{"start":{start},"end":{end}}},"kind":{kind}}}]}}"#
    ))
}

fn placed(start: u32, end: u32, exact: &str) -> String {
    format!(
        r#"{{"v":2,"id":"a1","document":"d1","revision":1,"selectors":{{"quote":{{"exact":{},"prefix":"","suffix":""}},"position":{{"start":{start},"end":{end}}}}},"created":0,"stamp":{{"modified":0,"clock":{{"wall":0,"counter":0}},"device":"x"}}}}"#,
        to_json(&exact)
    )
}

fn clocked(wall: i64, counter: u32) -> String {
    placed(0, 3, "one").replace(
        r#""modified":0,"clock":{"wall":0,"counter":0}"#,
        &format!(r#""modified":{wall},"clock":{{"wall":{wall},"counter":{counter}}}"#),
    )
}

#[test]
fn rows_that_are_broken_are_counted_and_left_out() {
    let deep = "[".repeat(100_000);
    let closed = format!("{deep}{}", "]".repeat(100_000));
    let tag = r#"{"v":2,"tag":{"id":"t","name":{"vi":"x","en":"x"},"definition":{"vi":"","en":""},"family":"work","style":"task","digit":null}}"#;
    let cases: Vec<(&str, (&str, &str, String))> = vec![
        ("no JSON", ("documents", "\"d2\"", "PWNED".to_owned())),
        ("cut JSON", ("documents", "\"d2\"", DOCUMENT[..80].to_owned())),
        ("two values", ("documents", "\"d2\"", format!("{DOCUMENT},{DOCUMENT}"))),
        ("nothing", ("documents", "\"d2\"", "null".to_owned())),
        ("a comma too many", ("documents", "\"d2\"", DOCUMENT.replace("9}", "9,}"))),
        ("half a character", ("documents", "\"d2\"", DOCUMENT.replace("Plan", "\\ud800"))),
        (
            "a field twice",
            ("documents", "\"d2\"", DOCUMENT.replace("\"chars\":9", "\"chars\":9,\"chars\":8")),
        ),
        ("a version twice", ("documents", "\"d2\"", DOCUMENT.replace("\"chars\":9", "\"chars\":9,\"v\":99"))),
        ("a newer version", ("documents", "\"d2\"", DOCUMENT.replace("\"v\":2", "\"v\":9"))),
        ("the last version", ("documents", "\"d2\"", DOCUMENT.replace("\"v\":2", "\"v\":4294967295"))),
        ("a version beyond", ("documents", "\"d2\"", DOCUMENT.replace("\"v\":2", "\"v\":4294967296"))),
        ("a version in words", ("documents", "\"d2\"", DOCUMENT.replace("\"v\":2", "\"v\":\"2\""))),
        ("no version", ("documents", "\"d2\"", DOCUMENT.replace("\"v\":2,", ""))),
        ("a list instead of a row", ("documents", "\"d2\"", "[2,\"d2\"]".to_owned())),
        ("a language that is none", ("documents", "\"d2\"", DOCUMENT.replace("\"en\"", "\"<b>\""))),
        ("deep nesting", ("documents", "\"d2\"", closed.clone())),
        ("deep nesting without an end", ("documents", "\"d2\"", deep)),
        (
            "deep nesting in a field",
            ("documents", "\"d2\"", DOCUMENT.replace("\"chars\"", &format!("\"x\":{closed},\"chars\""))),
        ),
        ("deep nesting in the key", ("documents", closed.as_str(), DOCUMENT.to_owned())),
        ("a newer text", ("revisions", "[\"d1\",1]", REVISION.replace("\"v\":2", "\"v\":9"))),
        ("a text under no key", ("revisions", "\"d1\"", REVISION.to_owned())),
        ("a text under a negative key", ("revisions", "[\"d1\",-1]", REVISION.to_owned())),
        ("a text under a key beyond", ("revisions", "[\"d1\",4294967296]", REVISION.to_owned())),
        ("a text under an object", ("revisions", "{\"0\":\"d1\",\"1\":1}", REVISION.to_owned())),
        ("a mark of an unknown kind", ("revisions", "[\"d1\",1]", marked("0", "3", "\"script\""))),
        ("a mark with a handler", ("revisions", "[\"d1\",1]", marked("0", "3", "{\"onclick\":\"PWNED\"}"))),
        (
            "a link to a list",
            ("revisions", "[\"d1\",1]", marked("0", "3", "{\"link\":[\"javascript:PWNED\"]}")),
        ),
        (
            "a link to two places",
            (
                "revisions",
                "[\"d1\",1]",
                marked("0", "3", "{\"link\":\"https://example.org/\",\"link\":\"javascript:PWNED\"}"),
            ),
        ),
        ("a mark from below zero", ("revisions", "[\"d1\",1]", marked("-1", "3", "\"strong\""))),
        ("a mark to beyond everything", ("revisions", "[\"d1\",1]", marked("0", "4294967296", "\"strong\""))),
        ("a mark to a fraction", ("revisions", "[\"d1\",1]", marked("0", "1.5", "\"strong\""))),
        ("a tag that is two", ("tags", "\"t\"", tag.replace("null", "\"12\""))),
        (
            "a tag of an unknown style",
            ("tags", "\"t\"", tag.replace("\"task\"", "\"x;background:url(PWNED)\"")),
        ),
        ("a tag without a name", ("tags", "\"t\"", tag.replace("\"vi\":\"x\",", ""))),
        (
            "a step of a newer version",
            ("journal", "1", r#"{"v":9,"at":0,"device":"x","deed":"note","changes":[]}"#.to_owned()),
        ),
        (
            "a step that changes something unknown",
            (
                "journal",
                "1",
                r#"{"v":2,"at":0,"device":"x","deed":"note","changes":[{"script":"PWNED"}]}"#.to_owned(),
            ),
        ),
        ("a store that is none", ("scripts", "\"x\"", "{\"v\":1}".to_owned())),
        ("a store of files", ("files", "\"x\"", "{\"v\":1}".to_owned())),
        ("a setting under a number", ("settings", "1", "{}".to_owned())),
    ];
    each(cases, |(store, key, row)| {
        let (rows, plans) = taken_in(&with_row(store, key, &row)).map_err(|error| format!("{error:?}"))?;
        is_harmless(&rows, &plans)?;
        same("what is counted", &rows.unreadable, &1)?;
        let told: Vec<u32> = plans.iter().map(|plan| plan.preview.unreadable).collect();
        same("what is told", &told, &vec![1; plans.len()])?;
        same("what is taken in", &rows.documents.len(), &1)
    });
}

/// Name, the row of a text whose harmful part is taken off.
fn harmful_texts() -> Vec<(String, String)> {
    let mut cases: Vec<(String, String)> = LINKS
        .iter()
        .filter(|(_, address, kept)| kept.is_none() && !address.contains('&'))
        .map(|(name, address, _)| {
            (format!("link: {name}"), marked("0", "3", &json!({ "link": address }).to_string()))
        })
        .collect();
    let many: Vec<String> =
        (0..50_000).map(|_| r#"{"span":{"start":0,"end":3},"kind":"strong"}"#.to_owned()).collect();
    let block = |text: &str| revision(&json!({ "role": "paragraph", "text": text }).to_string());
    let others = [
        ("a mark beyond the block", marked("3", "8", "\"strong\"")),
        ("a mark far beyond the block", marked("4294967290", "4294967295", "\"strong\"")),
        ("a mark from behind", marked("5", "2", "\"strong\"")),
        (
            "marks one in another without end",
            revision(&format!(r#"{{"role":"paragraph","text":"one two","marks":[{}]}}"#, many.join(","))),
        ),
        ("line feeds", block("one\ntwo\r\nthree\rfour")),
    ];
    cases.extend(others.map(|(name, row)| (name.to_owned(), row)));
    cases
}

#[test]
fn harmful_parts_of_a_text_are_taken_off() {
    each(harmful_texts(), |row| {
        let (rows, plans) =
            taken_in(&with_row("revisions", "[\"d1\",1]", &row)).map_err(|error| format!("{error:?}"))?;
        is_harmless(&rows, &plans)
    });
}

#[test]
fn what_is_taken_off_is_told() {
    let previews = |row: &str| -> Result<Vec<Preview>, String> {
        let (_, plans) =
            taken_in(&with_row("revisions", "[\"d1\",1]", row)).map_err(|error| format!("{error:?}"))?;
        Ok(plans.into_iter().map(|plan| plan.preview).collect())
    };
    let honest = previews(REVISION).expect("it is whole");
    each(harmful_texts(), |row| {
        let told = previews(&row)?;
        ensure(told != honest, || "nobody is told".to_owned())
    });
}

#[test]
fn rows_with_odd_values_do_no_harm() {
    let quote = placed(0, 3, "one").replace("\"one\"", "\"\"");
    let cases: Vec<(&str, (&str, &str, String))> = vec![
        ("a role that is none", ("revisions", "[\"d1\",1]", revision(r#"{"role":"<script>","text":"x"}"#))),
        ("a level beyond", ("revisions", "[\"d1\",1]", revision(r#"{"role":"heading-255","text":"x"}"#))),
        ("a text without blocks", ("revisions", "[\"d1\",1]", revision(""))),
        (
            "zeros in a text",
            ("revisions", "[\"d1\",1]", revision(r#"{"role":"code","text":"a\u0000b\u001b[31m"}"#)),
        ),
        (
            "an unknown field",
            ("revisions", "[\"d1\",1]", revision(r#"{"role":"code","text":"x","onclick":"PWNED"}"#)),
        ),
        ("a text of nobody", ("revisions", "[\"d9\",1]", REVISION.to_owned())),
        (
            "a relabelled line that is none",
            (
                "revisions",
                "[\"d1\",1]",
                REVISION.replace(
                    "]}",
                    r#"],"role_versions":[[4294967295,{"clock":{"wall":1,"counter":0},"device":"x"}]]}"#,
                ),
            ),
        ),
        ("a passage", ("annotations", "[\"d1\",\"a1\"]", placed(0, 3, "one"))),
        ("a passage from behind", ("annotations", "[\"d1\",\"a1\"]", placed(5, 2, "one"))),
        ("a passage beyond", ("annotations", "[\"d1\",\"a1\"]", placed(5, u32::MAX, "one"))),
        ("a passage far beyond", ("annotations", "[\"d1\",\"a1\"]", placed(u32::MAX - 1, u32::MAX, "one"))),
        ("a passage on nothing", ("annotations", "[\"d1\",\"a1\"]", quote)),
        (
            "a passage of nobody",
            ("annotations", "[\"d9\",\"a1\"]", placed(0, 3, "one").replace("\"d1\"", "\"d9\"")),
        ),
        ("the end of time", ("annotations", "[\"d1\",\"a1\"]", clocked(i64::MAX, 0))),
        ("the end of the clock", ("annotations", "[\"d1\",\"a1\"]", clocked(i64::MAX, u32::MAX))),
        ("the end of a moment", ("annotations", "[\"d1\",\"a1\"]", clocked(NOW.0, u32::MAX))),
        ("the beginning of time", ("annotations", "[\"d1\",\"a1\"]", clocked(i64::MIN, 0))),
        (
            "a document of another size",
            (
                "documents",
                "\"d2\"",
                DOCUMENT.replace("\"d1\"", "\"d2\"").replace("\"chars\":9", "\"chars\":4294967295"),
            ),
        ),
        (
            "a document without a name",
            ("documents", "\"\"", DOCUMENT.replace("\"d1\"", "\"\"").replace("Plan", "")),
        ),
        (
            "a document of the end of time",
            (
                "documents",
                "\"d2\"",
                DOCUMENT
                    .replace("\"d1\"", "\"d2\"")
                    .replace("\"imported_at\":0", "\"imported_at\":-9223372036854775808"),
            ),
        ),
        (
            "deep settings",
            ("settings", "\"preferences\"", format!("{}{}", "[".repeat(100_000), "]".repeat(100_000))),
        ),
        ("a path as a key", ("tasks", "\"../../etc/passwd\"", "{}".to_owned())),
    ];
    each(cases, |(store, key, row)| is_refused_or_harmless(&with_row(store, key, &row)));
}

#[test]
fn a_backup_does_not_speak_for_this_profile() {
    // Who this profile is, which copies it kept, and which file it may write to.
    each(["device", "copies", "copy-file"].map(|key| (key, key)), |key| {
        let (_, plans) = taken_in(&with_row("settings", &format!("{key:?}"), "\"x\""))
            .map_err(|error| format!("{error:?}"))?;
        let planned = plans.iter().flat_map(|plan| &plan.others).find(|(_, planned, _)| planned == key);
        ensure(planned.is_none(), || format!("{planned:?} would be written"))
    });
}
