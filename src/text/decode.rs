//! placeholder until the text room lands
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Xml,
    Html,
    Json,
    Plain,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    Bom,
    Header,
    Declaration,
    Guess,
    Default,
}
#[derive(Clone, Debug)]
pub struct Decoded {
    pub text: String,
    pub encoding: &'static str,
    pub basis: Basis,
    pub replaced: bool,
    pub unknown_label: Option<String>,
}
pub fn decode(bytes: &[u8], _content_type: Option<&str>, _form: Form) -> Decoded {
    Decoded {
        text: String::from_utf8_lossy(bytes).into_owned(),
        encoding: "UTF-8",
        basis: Basis::Default,
        replaced: false,
        unknown_label: None,
    }
}
