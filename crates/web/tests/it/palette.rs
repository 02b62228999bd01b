//! The series colours: seen against the panel, and told apart by every kind of eye.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

const STYLE: &str = concat!(
    include_str!("../../../../ui/src/sheets/core.css"),
    include_str!("../../../../ui/src/sheets/figures.css"),
    include_str!("../../../../ui/src/sheets/later.css")
);

/// Least contrast of a graphic against its ground (WCAG 2.2, 1.4.11).
const LEAST_CONTRAST: f64 = 3.0;
/// Least distance in OKLab, times 100, between two colours of one theme, in any kind of sight.
const LEAST_DISTANCE: f64 = 10.0;

type Rgb = [f64; 3];

/// Sight, and full protanopia, deuteranopia and tritanopia on linear light (Machado and others, 2009).
const SIGHTS: [[Rgb; 3]; 4] = [
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
];

/// The light and the dark value of a custom property.
fn token(name: &str) -> [Rgb; 2] {
    let start = STYLE.find(&format!("--{name}: light-dark(")).unwrap_or_else(|| panic!("no --{name}"));
    let text = STYLE[start..].split(['(', ')']).nth(1).unwrap();
    let colours: Vec<Rgb> = text.split(',').map(|colour| linear(colour.trim())).collect();
    [colours[0], colours[1]]
}

/// `#rgb` or `#rrggbb` as linear light.
fn linear(hex: &str) -> Rgb {
    let digits = hex.strip_prefix('#').unwrap_or_else(|| panic!("{hex} is no colour"));
    let per = digits.len() / 3;
    std::array::from_fn(|n| {
        let part = digits[n * per..(n + 1) * per].repeat(3 - per);
        let value = f64::from(u8::from_str_radix(&part, 16).unwrap()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    })
}

fn dot(row: Rgb, colour: Rgb) -> f64 {
    row.iter().zip(colour).map(|(a, b)| a * b).sum()
}

fn contrast(one: Rgb, other: Rgb) -> f64 {
    let light = |colour| dot([0.2126, 0.7152, 0.0722], colour) + 0.05;
    let (one, other) = (light(one), light(other));
    one.max(other) / one.min(other)
}

fn oklab(colour: Rgb) -> Rgb {
    let cone = |row| dot(row, colour.map(|part| part.max(0.0))).cbrt();
    let lms = [
        cone([0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9]),
        cone([0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6]),
        cone([0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5]),
    ];
    [
        dot([0.210_454_255_3, 0.793_617_785, -0.004_072_046_8], lms),
        dot([1.977_998_495_1, -2.428_592_205, 0.450_593_709_9], lms),
        dot([0.025_904_037_1, 0.782_771_766_2, -0.808_675_766], lms),
    ]
}

fn distance(one: Rgb, other: Rgb, sight: [Rgb; 3]) -> f64 {
    let seen = |colour| oklab(sight.map(|row| dot(row, colour)));
    let squares = seen(one).into_iter().zip(seen(other)).map(|(a, b)| (a - b).powi(2));
    squares.sum::<f64>().sqrt() * 100.0
}

#[test]
fn series_colours_are_seen_and_told_apart() {
    let panel = token("panel");
    let series: Vec<[Rgb; 2]> = (1..=6).map(|n| token(&format!("s{n}"))).collect();
    for theme in 0..2 {
        for (n, colour) in series.iter().enumerate() {
            let contrast = contrast(colour[theme], panel[theme]);
            assert!(contrast >= LEAST_CONTRAST, "s{} in theme {theme}: {contrast:.2}", n + 1);
            for (m, other) in series.iter().enumerate().skip(n + 1) {
                for (kind, sight) in SIGHTS.into_iter().enumerate() {
                    let distance = distance(colour[theme], other[theme], sight);
                    assert!(
                        distance >= LEAST_DISTANCE,
                        "s{} and s{} in theme {theme}, sight {kind}: {distance:.1}",
                        n + 1,
                        m + 1
                    );
                }
            }
        }
    }
}

#[test]
fn text_is_readable_on_every_ground() {
    for ground in ["ground", "panel", "raised", "hover", "chosen"] {
        for ink in ["ink", "ink-2"] {
            for theme in 0..2 {
                let contrast = contrast(token(ink)[theme], token(ground)[theme]);
                assert!(contrast >= 4.5, "--{ink} on --{ground}, theme {theme}: {contrast:.2}");
            }
        }
    }
    for ink in ["good", "bad", "warn", "accent"] {
        for ground in ["ground", "panel", "hover"] {
            for theme in 0..2 {
                let contrast = contrast(token(ink)[theme], token(ground)[theme]);
                assert!(contrast >= 4.5, "--{ink} on --{ground}, theme {theme}: {contrast:.2}");
            }
        }
    }
    for theme in 0..2 {
        assert!(contrast(token("warn")[theme], token("warn-ground")[theme]) >= 4.5);
        assert!(contrast(token("edge")[theme], token("panel")[theme]) >= LEAST_CONTRAST);
        assert!(contrast(token("on-accent")[theme], token("accent")[theme]) >= 4.5);
    }
}
