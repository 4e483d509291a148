//! Rich text as a flat sequence of runs, each with its faces (`output-formats.md` section 6.1).

use model::{Inline, Style, Text};

use crate::{clean, math};

/// Words in one style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// `normal`, or the names of the styles joined by a blank.
    pub(super) face: String,
    /// The words, not escaped.
    pub(super) words: String,
}

/// The runs of a text: cleaned, none empty, no two neighbours of one face.
pub(super) fn runs(text: &Text) -> Vec<Run> {
    let spelled_out = math::spelled_out(text);
    let mut runs = Vec::new();
    collect(&clean::text(&spelled_out), Faces::default(), &mut runs);
    runs
}

fn collect(text: &Text, faces: Faces, runs: &mut Vec<Run>) {
    for run in text.runs() {
        match run {
            Inline::Plain(words) => push(words, faces, runs),
            Inline::Styled(style, inner) => collect(inner, faces.with(*style), runs),
            // `runs` has spelled it out.
            Inline::Math(_) => {}
        }
    }
}

fn push(words: &str, faces: Faces, runs: &mut Vec<Run>) {
    let face = faces.face();
    match runs.last_mut() {
        Some(last) if last.face == face => last.words.push_str(words),
        _ => runs.push(Run { face, words: words.to_owned() }),
    }
}

/// The styles that hold at one place.
#[derive(Clone, Copy, Default)]
struct Faces {
    bold: bool,
    italic: bool,
    underline: bool,
    /// Nothing stands above and below the line at once: the innermost script holds.
    script: Option<&'static str>,
}

impl Faces {
    fn with(self, style: Style) -> Self {
        match style {
            Style::Bold => Self { bold: true, ..self },
            Style::Italic => Self { italic: true, ..self },
            Style::Underline => Self { underline: true, ..self },
            Style::Subscript => Self { script: Some("subscript"), ..self },
            Style::Superscript => Self { script: Some("superscript"), ..self },
            // EndNote's XML has no face for small capitals that importers know.
            Style::SmallCaps => self,
        }
    }

    fn face(self) -> String {
        let faces = [
            self.bold.then_some("bold"),
            self.italic.then_some("italic"),
            self.underline.then_some("underline"),
            self.script,
        ];
        let faces: Vec<&str> = faces.into_iter().flatten().collect();
        if faces.is_empty() { super::NORMAL.to_owned() } else { faces.join(" ") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_styles_become_faces_of_one_run() {
        let json = r#"["a ",{"i":["b",{"sup":["2"]},{"i":["c"]}]},{"sc":["D"]},{"math":"<math><msub><mi>T</mi><mn>1</mn></msub></math>"}," "]"#;
        let text: Text = serde_json::from_str(json).expect("a text in JSON");
        let runs = runs(&text);
        let spelled: Vec<_> =
            runs.iter().map(|run| (run.face.as_str(), run.words.as_str())).collect();
        assert_eq!(
            spelled,
            [
                ("normal", "a "),
                ("italic", "b"),
                ("italic superscript", "2"),
                ("italic", "c"),
                ("normal", "DT"),
                ("subscript", "1"),
            ]
        );
    }
}
