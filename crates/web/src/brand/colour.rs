//! Accent colours: one on light ground and one on dark, each to be read there (WCAG 2.2, 1.4.3).

use crate::WebError;

/// The least contrast of text that is not large.
const LEAST: f64 = 4.5;
/// What links and buttons stand on, in either theme: panels, and the ground between them (`core.css`).
const LIGHT: [Colour; 2] = [Colour([0xff, 0xff, 0xff]), Colour([0xf5, 0xf6, 0xf8])];
const DARK: [Colour; 2] = [Colour([0x15, 0x19, 0x1e]), Colour([0x0e, 0x11, 0x14])];

/// A colour: red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Colour([u8; 3]);

/// Two colours that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Accent {
    light: Colour,
    dark: Colour,
}

impl Colour {
    fn read(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').unwrap_or(text);
        if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let number = u32::from_str_radix(digits, 16).ok()?;
        let [_, red, green, blue] = number.to_be_bytes();
        Some(Self([red, green, blue]))
    }

    fn digits(self) -> String {
        let [red, green, blue] = self.0;
        format!("{red:02x}{green:02x}{blue:02x}")
    }

    /// Relative luminance, as WCAG 2.2 defines it.
    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// From 1 to 21.
    fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// What can be read on it: black or white.
    fn ink(self) -> &'static str {
        let (black, white) = (Self([0; 3]), Self([0xff; 3]));
        if self.contrast(white) >= self.contrast(black) { "#fff" } else { "#000" }
    }
}

impl Accent {
    /// Reads the two colours; `None` if neither is given.
    ///
    /// # Errors
    /// If one is missing, is no colour, or can't be read on its ground, with the contrast that it has.
    pub(super) fn read(light: &str, dark: &str) -> Result<Option<Self>, WebError> {
        if light.is_empty() && dark.is_empty() {
            return Ok(None);
        }
        let light = on("accent_light", light, LIGHT, "choose a darker colour")?;
        let dark = on("accent_dark", dark, DARK, "choose a lighter colour")?;
        Ok(Some(Self { light, dark }))
    }

    pub(super) fn digits(self) -> (String, String) {
        (self.light.digits(), self.dark.digits())
    }

    /// The sheet that puts them in place of the program's own. It is in no layer, so that it counts.
    pub(super) fn sheet(self) -> String {
        let Self { light, dark } = self;
        format!(
            ":root{{--accent:light-dark(#{},#{});--on-accent:light-dark({},{})}}",
            light.digits(),
            dark.digits(),
            light.ink(),
            dark.ink()
        )
    }
}

fn on(parameter: &'static str, text: &str, grounds: [Colour; 2], remedy: &str) -> Result<Colour, WebError> {
    let read = Colour::read(text).ok_or_else(|| {
        let remedy = "give both colours, each as six hexadecimal digits such as #1d4f91, or neither";
        WebError::parameter(parameter, "it is no colour", remedy)
    })?;
    let least = grounds.into_iter().map(|ground| (read.contrast(ground), ground));
    let least = least.min_by(|(one, _), (other, _)| one.total_cmp(other));
    match least {
        Some((contrast, ground)) if contrast < LEAST => {
            // Cut, not rounded: 4.499 is not shown as what would be enough.
            let shown = (contrast * 100.0).floor() / 100.0;
            let detail = format!(
                "its contrast on #{} is {shown:.2} to 1, and {LEAST} to 1 is the least",
                ground.digits()
            );
            Err(WebError::parameter(parameter, &detail, remedy))
        }
        _ => Ok(read),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_as_wcag_counts_it() {
        let colour = |text| Colour::read(text).unwrap();
        assert!((colour("#000000").contrast(colour("#ffffff")) - 21.0).abs() < 1e-9);
        assert!((colour("777777").contrast(colour("ffffff")) - 4.478).abs() < 0.001);
        assert!((colour("#0000ff").contrast(colour("#ffffff")) - 8.592).abs() < 0.001);
    }

    #[test]
    fn the_grounds_are_those_of_the_style_sheet_and_its_own_accent_can_be_read() {
        let core = crate::assets::CORE.replace(", ", ",").replace("#fff,", "#ffffff,");
        for (light, dark) in LIGHT.into_iter().zip(DARK) {
            let pair = format!("light-dark(#{},#{})", light.digits(), dark.digits());
            assert!(core.contains(&pair), "{pair}");
        }
        assert!(core.contains("light-dark(#1d4f91,#8bb6f2)"));
        assert!(Accent::read("#1d4f91", "#8bb6f2").unwrap().is_some());
    }

    #[test]
    fn what_can_not_be_read_is_refused_with_its_contrast() {
        let refused = |light: &str, dark: &str| Accent::read(light, dark).unwrap_err().problem();
        let pale = refused("#8bb6f2", "#8bb6f2");
        assert_eq!(pale.parameter.as_deref(), Some("accent_light"));
        assert!(pale.detail.contains("on #f5f6f8 is 1.92 to 1, and 4.5 to 1"), "{}", pale.detail);
        let deep = refused("#1d4f91", "#1d4f91");
        assert_eq!(deep.parameter.as_deref(), Some("accent_dark"));
        assert!(deep.detail.contains("on #15191e is 2."), "{}", deep.detail);
        for (light, dark) in
            [("#1d4f91", ""), ("red", "#8bb6f2"), ("#12345é", "#8bb6f2"), ("#+12345", "#8bb6f2")]
        {
            assert!(refused(light, dark).detail.contains("no colour"), "{light} {dark}");
        }
        assert_eq!(Accent::read("", "").unwrap(), None);
    }

    #[test]
    fn a_sheet_has_ink_that_can_be_read_on_each() {
        let accent = Accent::read("#7A1FA2", "ffd54f").unwrap().unwrap();
        let sheet = ":root{--accent:light-dark(#7a1fa2,#ffd54f);--on-accent:light-dark(#fff,#000)}";
        assert_eq!(accent.sheet(), sheet);
    }
}
