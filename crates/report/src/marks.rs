//! The shapes of states: one drawing for each tone, so that no state is told by its colour alone.

use crate::document::Tone;

impl Tone {
    /// All tones, in the order of the legend.
    pub const ALL: [Self; 7] =
        [Self::Fine, Self::Moving, Self::Planned, Self::Todo, Self::Watch, Self::Gap, Self::Excluded];

    /// Short name used in class names and data.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Watch => "watch",
            Self::Gap => "gap",
            Self::Moving => "moving",
            Self::Todo => "todo",
            Self::Planned => "planned",
            Self::Excluded => "excluded",
        }
    }

    /// Colour of the shape on white paper, as `#rrggbb`.
    pub(crate) fn paper_colour(self) -> &'static str {
        match self {
            Self::Fine => "#0e653f",
            Self::Watch => "#d27c02",
            Self::Gap => "#d23430",
            Self::Moving => "#00707e",
            Self::Todo => "#7e888b",
            Self::Planned => "#3a49b5",
            Self::Excluded => "#6b767a",
        }
    }

    /// The drawing on a field of 16 by 16; `currentColor` is the colour, `hole` the colour of the ground.
    pub(crate) fn drawing(self, hole: &str) -> String {
        let ring = r#"<circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.6""#;
        match self {
            Self::Fine => format!(
                r#"<circle cx="8" cy="8" r="7" fill="currentColor"/><path d="M4.8 8.3l2.2 2.3 4.3-4.9" fill="none" stroke="{hole}" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round"/>"#
            ),
            Self::Watch => format!(
                r#"<path d="M8 1.7L14.9 14H1.1Z" fill="currentColor" stroke="currentColor" stroke-width="1.4" stroke-linejoin="round"/><path d="M8 5.9v4" stroke="{hole}" stroke-width="1.6" stroke-linecap="round"/><circle cx="8" cy="12.2" r="1" fill="{hole}"/>"#
            ),
            Self::Gap => format!(
                r#"<path d="M8 1.2L14.8 8 8 14.8 1.2 8Z" fill="currentColor" stroke="currentColor" stroke-width="1" stroke-linejoin="round"/><path d="M8 4.8v3.8" stroke="{hole}" stroke-width="1.6" stroke-linecap="round"/><circle cx="8" cy="11" r="1" fill="{hole}"/>"#
            ),
            Self::Moving => format!(r#"{ring}/><path d="M8 1.8A6.2 6.2 0 0 1 8 14.2Z" fill="currentColor"/>"#),
            Self::Todo => format!(r#"{ring} stroke-dasharray="2.5 1.396"/>"#),
            Self::Planned => {
                format!(r#"{ring} stroke-dasharray="2.5 1.396"/><circle cx="8" cy="8" r="2.3" fill="currentColor"/>"#)
            }
            Self::Excluded => {
                format!(r#"{ring}/><path d="M5 8h6" stroke="currentColor" stroke-width="1.7" stroke-linecap="round"/>"#)
            }
        }
    }

    /// The drawing as a file of its own for white paper.
    pub(crate) fn paper_svg(self) -> String {
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" width="16" height="16">{}</svg>"#,
            self.drawing("#ffffff").replace("currentColor", self.paper_colour())
        )
    }
}

/// The seal of the product: twelve segments around a tick.
pub(crate) const SEAL: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="32" height="32" fill="none" stroke="#005c68"><circle cx="16" cy="16" r="12.5" stroke-width="3.2" stroke-dasharray="5.145 1.4" stroke-dashoffset="-.7"/><path d="M11.2 16.4l3.3 3.4 6.4-7" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/></svg>"##;
