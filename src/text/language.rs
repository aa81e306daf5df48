//! placeholder until the text room lands
pub fn detect(_text: &str, fallback: Option<&str>) -> Option<String> {
    fallback.map(str::to_owned)
}
