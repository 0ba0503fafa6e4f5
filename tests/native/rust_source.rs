//! Our own sources as tokens, without comments: enough to see which paths and which texts a file holds.
use std::path::{Path, PathBuf};

/// A piece of source code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// A name or keyword.
    Name(String),
    /// `::`
    PathSign,
    /// Any other sign.
    Sign(char),
    /// What stands in a string literal, as written.
    Text(String),
    /// A number, character, or lifetime.
    Other,
}

/// A token and its line, from 1.
pub(crate) type Placed = (Token, usize);

/// Every Rust file below `src/` or one of its folders, with its path below `src/`.
pub(crate) fn sources(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    collect(&root.join(folder), &mut paths);
    paths.sort();
    let read = |path: &PathBuf| {
        let name = path.strip_prefix(&root).expect("it lies below src").to_string_lossy().into_owned();
        (name, std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    };
    paths.iter().map(read).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("a folder lists its entries").path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

/// The tokens of a source text.
pub(crate) fn tokens(source: &str) -> Vec<Placed> {
    let chars: Vec<char> = source.chars().collect();
    let mut reader = Reader { chars: &chars, at: 0, line: 1 };
    let mut found = Vec::new();
    while let Some(c) = reader.peek(0) {
        let line = reader.line;
        if let Some(token) = reader.token(c) {
            found.push((token, line));
        }
    }
    found
}

struct Reader<'s> {
    chars: &'s [char],
    at: usize,
    line: usize,
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek(0)?;
        self.at += 1;
        self.line += usize::from(c == '\n');
        Some(c)
    }

    fn skip(&mut self, count: usize) {
        for _ in 0..count {
            self.next();
        }
    }

    fn token(&mut self, c: char) -> Option<Token> {
        match (c, self.peek(1)) {
            ('/', Some('/')) => {
                while self.peek(0).is_some_and(|c| c != '\n') {
                    self.next();
                }
                None
            }
            ('/', Some('*')) => {
                self.block_comment();
                None
            }
            ('"', _) => {
                self.next();
                Some(self.text())
            }
            ('\'', _) => {
                self.character_or_lifetime();
                Some(Token::Other)
            }
            (':', Some(':')) => {
                self.skip(2);
                Some(Token::PathSign)
            }
            _ if c.is_whitespace() => {
                self.next();
                None
            }
            _ if c.is_ascii_digit() => {
                while self.peek(0).is_some_and(|c| c.is_alphanumeric() || c == '_') {
                    self.next();
                }
                Some(Token::Other)
            }
            _ if c.is_alphabetic() || c == '_' => Some(self.name_or_prefixed_text()),
            _ => {
                self.next();
                Some(Token::Sign(c))
            }
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some('/'), Some('*')) => {
                    depth += 1;
                    self.skip(2);
                }
                (Some('*'), Some('/')) => {
                    depth -= 1;
                    self.skip(2);
                }
                (None, _) => return,
                _ => self.skip(1),
            }
            if depth == 0 {
                return;
            }
        }
    }

    /// After the opening quote.
    fn text(&mut self) -> Token {
        let mut text = String::new();
        while let Some(c) = self.next() {
            match c {
                '"' => break,
                '\\' => {
                    text.push(c);
                    text.extend(self.next());
                }
                c => text.push(c),
            }
        }
        Token::Text(text)
    }

    fn character_or_lifetime(&mut self) {
        self.next();
        if self.peek(0) == Some('\\') {
            self.skip(2);
            while self.next().is_some_and(|c| c != '\'') {}
        } else if self.peek(1) == Some('\'') {
            self.skip(2);
        } else {
            while self.peek(0).is_some_and(|c| c.is_alphanumeric() || c == '_') {
                self.next();
            }
        }
    }

    fn name_or_prefixed_text(&mut self) -> Token {
        let mut name = String::new();
        while let Some(c) = self.peek(0).filter(|c| c.is_alphanumeric() || *c == '_') {
            name.push(c);
            self.next();
        }
        let is_raw = matches!(name.as_str(), "r" | "br" | "cr");
        match self.peek(0) {
            Some('"') if matches!(name.as_str(), "b" | "c") => {
                self.next();
                self.text()
            }
            Some('"' | '#') if is_raw => self.raw_text(name),
            Some('\'') if name == "b" => {
                self.character_or_lifetime();
                Token::Other
            }
            _ => Token::Name(name),
        }
    }

    fn raw_text(&mut self, prefix: String) -> Token {
        let hashes = (0..).take_while(|n| self.peek(*n) == Some('#')).count();
        if self.peek(hashes) != Some('"') {
            // A raw name, such as `r#type`.
            self.skip(hashes);
            return if hashes == 1 { self.name_or_prefixed_text() } else { Token::Name(prefix) };
        }
        self.skip(hashes + 1);
        let mut text = String::new();
        while let Some(c) = self.next() {
            if c == '"' && (0..hashes).all(|n| self.peek(n) == Some('#')) {
                self.skip(hashes);
                break;
            }
            text.push(c);
        }
        Token::Text(text)
    }
}

#[test]
fn sources_are_read_without_comments_and_with_their_texts() {
    let source = r####"
// crate::a "b"
/* x /* y */ "z" */ use crate::b; 'c' '\'' '"' b'"' &'life "d\"e" r#"f"g"# r"h" 1.5 r#type
"####;
    let name = |text: &str| Token::Name(text.to_owned());
    let text = |text: &str| Token::Text(text.to_owned());
    let found: Vec<Token> = tokens(source).into_iter().map(|(token, _)| token).collect();
    let expected = [
        name("use"),
        name("crate"),
        Token::PathSign,
        name("b"),
        Token::Sign(';'),
        Token::Other,
        Token::Other,
        Token::Other,
        Token::Other,
        Token::Sign('&'),
        Token::Other,
        text("d\\\"e"),
        text("f\"g"),
        text("h"),
        Token::Other,
        Token::Sign('.'),
        Token::Other,
        name("type"),
    ];
    assert_eq!(found, expected);
    assert!(tokens(source).iter().all(|(_, line)| *line == 3));
}
