//! placeholder until the text room lands
pub fn fold(text: &str) -> String {
    text.to_lowercase()
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub text: String,
    pub start: usize,
    pub end: usize,
    pub position: usize,
}
pub fn for_each_token(text: &str, f: &mut impl FnMut(&str, usize, usize, usize)) {
    for t in tokens(text) {
        f(&t.text, t.start, t.end, t.position)
    }
}
pub fn tokens(text: &str) -> Vec<Token> {
    let mut out = vec![];
    let mut p = 0;
    for w in text.split(|c: char| !c.is_alphanumeric()) {
        if !w.is_empty() {
            let start = w.as_ptr() as usize - text.as_ptr() as usize;
            out.push(Token {
                text: w.to_lowercase(),
                start,
                end: start + w.len(),
                position: p,
            });
            p += 1;
        }
    }
    out
}
