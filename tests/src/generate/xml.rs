//! Indented elements, as NLM's files have them.

/// XML that is being written, and the elements that are open in it.
#[derive(Default)]
pub(super) struct Xml {
    bytes: Vec<u8>,
    open: Vec<&'static str>,
}

type Attributes<'a> = &'a [(&'static str, &'a str)];

impl Xml {
    /// What was written since the last [`Xml::clear`].
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn clear(&mut self) {
        self.bytes.clear();
    }

    pub(super) fn line(&mut self, text: &str) {
        self.bytes.extend(std::iter::repeat_n(b' ', 2 * self.open.len()));
        self.bytes.extend(text.bytes());
        self.bytes.push(b'\n');
    }

    pub(super) fn open(&mut self, name: &'static str, attributes: Attributes<'_>) {
        self.line(&tag(name, attributes));
        self.open.push(name);
    }

    /// Closes the element that was opened last.
    pub(super) fn close(&mut self) {
        let name = self.open.pop().expect("each `close` stands behind its `open`");
        self.line(&format!("</{name}>"));
    }

    /// An element with text in it, which is escaped.
    pub(super) fn leaf(&mut self, name: &'static str, attributes: Attributes<'_>, text: &str) {
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        self.marked_up(name, attributes, &text);
    }

    /// An element with text in it that is XML already.
    pub(super) fn marked_up(&mut self, name: &'static str, attributes: Attributes<'_>, xml: &str) {
        self.line(&format!("{}{xml}</{name}>", tag(name, attributes)));
    }

    /// An element with a year, a month and a day in it.
    pub(super) fn date(
        &mut self,
        name: &'static str,
        attributes: Attributes<'_>,
        (year, month, day): (u32, u32, u32),
    ) {
        self.open(name, attributes);
        self.leaf("Year", &[], &year.to_string());
        self.leaf("Month", &[], &format!("{month:02}"));
        self.leaf("Day", &[], &format!("{day:02}"));
        self.close();
    }
}

fn tag(name: &str, attributes: Attributes<'_>) -> String {
    let mut tag = format!("<{name}");
    for (key, value) in attributes {
        tag.extend([" ", key, "=\"", value, "\""]);
    }
    tag.push('>');
    tag
}
