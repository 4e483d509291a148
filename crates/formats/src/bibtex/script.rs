//! Sub- and superscripts as TeX (`output-formats.md` section 4.5).
//!
//! Each is mathematics in dollars of its own, `$_{2}$`. Letters stand in `\textrm`. A sign that is
//! itself mathematics gets a script to itself, since nothing may open dollars inside dollars.

use model::{Inline, Style, Text};

use super::math;
use super::tex::{self, Sign, Spelling};
use crate::math as tree;
