//! placeholder until the reference reader lands
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Reference {
    pub canonical: String,
    pub work: String,
    pub stage: Option<String>,
    pub adoption: Vec<String>,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub reference: Reference,
    pub start: usize,
    pub end: usize,
    pub byte_start: usize,
    pub byte_end: usize,
}
#[derive(Clone, Debug, Default)]
pub struct KnownWorks;
impl KnownWorks {
    pub fn new<I: IntoIterator<Item = String>>(_works: I) -> Self {
        Self
    }
    pub fn contains(&self, _work: &str) -> bool {
        false
    }
}
pub fn find(_text: &str, _known: &KnownWorks) -> Vec<Found> {
    vec![]
}
pub fn read(form: &str, _known: &KnownWorks) -> Vec<Reference> {
    vec![Reference {
        canonical: form.to_owned(),
        work: form.to_owned(),
        stage: None,
        adoption: vec![],
    }]
}
pub fn slug(work: &str) -> String {
    work.to_lowercase()
        .replace(|c: char| !c.is_ascii_alphanumeric(), "-")
}
