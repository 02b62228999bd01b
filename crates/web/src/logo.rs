//! Pictures that people upload: decoded within bounds, made as small as they are shown, and written anew, so that nothing of the
//! file itself, neither what else it holds nor what it says of its maker, reaches a browser.

use std::io::Cursor;

use bytes::Bytes;
use image::codecs::webp::WebPEncoder;
use image::imageops::FilterType;
use image::{
    DynamicImage, ExtendedColorType, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, RgbaImage,
};
use sha2::{Digest, Sha256};
use store::WorkspaceId;
use store::catalog::Logo;

use crate::{AppState, WebError};

/// Largest file, in bytes.
pub(crate) const MOST_BYTES: usize = 2 << 20;
/// Most pixels of a side.
const MOST_SIDE: u32 = 4096;
/// Most memory that decoding may take.
const MOST_MEMORY: u64 = 96 << 20;
/// The room beside a workspace's name, in pixels of the page.
const ROOM: (u32, u32) = (144, 24);
/// Side of an icon, in its pixels.
const ICON: u32 = 64;
/// Screens have up to so many pixels on one of the page.
const MOST_SCALE: u32 = 3;

/// Makes a file the picture of a workspace.
pub(crate) async fn set(state: &AppState, workspace: WorkspaceId, file: Bytes) -> Result<Logo, WebError> {
    let shown = tokio::task::spawn_blocking(move || shown(&file)).await;
    let (logo, images) = shown.map_err(WebError::internal)??;
    state.catalog().set_logo(workspace, Some(&logo), &images).await?;
    Ok(logo)
}

/// A picture as it is shown: where it goes, and its WebP images by scale from 1 on.
fn shown(file: &[u8]) -> Result<(Logo, Vec<Vec<u8>>), WebError> {
    let picture = decoded(file, "logo")?;
    let (width, height) = fitted(picture.width(), picture.height());
    // Larger than it came it would only be blurred.
    let scales = (picture.width() / width).min(picture.height() / height).clamp(1, MOST_SCALE);
    let mut digest = Sha256::new();
    let mut images = Vec::new();
    for scale in 1..=scales {
        let small = picture.resize_exact(width * scale, height * scale, FilterType::Lanczos3).into_rgba8();
        let mut image = Vec::new();
        WebPEncoder::new_lossless(&mut image)
            .encode(&small, small.width(), small.height(), ExtendedColorType::Rgba8)
            .map_err(WebError::internal)?;
        digest.update(&image);
        images.push(image);
    }
    Ok((Logo { digest: short(digest), width, height, scales }, images))
}

/// The first digits of a digest, in hexadecimal.
fn short(digest: Sha256) -> String {
    digest.finalize().iter().take(8).fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// Makes a file the icon of a workspace's pages.
pub(crate) async fn set_icon(state: &AppState, workspace: WorkspaceId, file: Bytes) -> Result<(), WebError> {
    let icon = tokio::task::spawn_blocking(move || icon(&file)).await;
    let (digest, image) = icon.map_err(WebError::internal)??;
    Ok(state.catalog().set_icon(workspace, Some((&digest, &image))).await?)
}

/// A picture as an icon: its digest, and a square PNG, in which it stands whole and in the middle.
fn icon(file: &[u8]) -> Result<(String, Vec<u8>), WebError> {
    let picture = decoded(file, "icon")?.resize(ICON, ICON, FilterType::Lanczos3).into_rgba8();
    let mut square = RgbaImage::new(ICON, ICON);
    let (left, top) = ((ICON - picture.width()) / 2, (ICON - picture.height()) / 2);
    image::imageops::overlay(&mut square, &picture, left.into(), top.into());
    let mut image = Cursor::new(Vec::new());
    square.write_to(&mut image, ImageFormat::Png).map_err(WebError::internal)?;
    let image = image.into_inner();
    let mut digest = Sha256::new();
    digest.update(&image);
    Ok((short(digest), image))
}

fn decoded(file: &[u8], name: &str) -> Result<DynamicImage, WebError> {
    let wrong = |detail: String| {
        WebError::parameter(
            name,
            &detail,
            "use a PNG, JPEG, WebP or GIF of at most 2 MB and 4,096 pixels a side",
        )
    };
    if file.len() > MOST_BYTES {
        return Err(wrong(format!("it has {} bytes", file.len())));
    }
    let mut reader = ImageReader::new(Cursor::new(file)).with_guessed_format()?;
    if !matches!(
        reader.format(),
        Some(ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP | ImageFormat::Gif)
    ) {
        return Err(wrong("it is no picture of a kind that is known here".to_owned()));
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_SIDE);
    limits.max_image_height = Some(MOST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let read = || -> Result<DynamicImage, ImageError> {
        let mut decoder = reader.into_decoder()?;
        // Cameras lay pictures on their side and say so.
        let orientation = decoder.orientation()?;
        let mut picture = DynamicImage::from_decoder(decoder)?;
        picture.apply_orientation(orientation);
        Ok(picture)
    };
    read().map_err(|error| wrong(format!("it can't be decoded: {error}")))
}

/// The size of a picture within the room, as wide for its height as it is.
fn fitted(width: u32, height: u32) -> (u32, u32) {
    let (width, height) = (u64::from(width.max(1)), u64::from(height.max(1)));
    let (room_width, room_height) = (u64::from(ROOM.0), u64::from(ROOM.1));
    let small = match width * room_height > height * room_width {
        true => (room_width, height * room_width / width),
        false => (width * room_height / height, room_height),
    };
    let side = |side: u64| u32::try_from(side.max(1)).unwrap_or(1);
    (side(small.0), side(small.1))
}

#[cfg(test)]
mod tests {
    use image::Rgba;

    use super::*;

    fn file(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let picture = RgbaImage::from_fn(width, height, |x, y| Rgba([x as u8, y as u8, 90, 255]));
        DynamicImage::from(picture).to_rgb8().write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn pictures_are_made_as_small_as_they_are_shown_and_never_larger() {
        for (width, height, shown_as, scales) in [
            (400, 400, (24, 24), 3),
            (1000, 100, (144, 14), 3),
            (60, 60, (24, 24), 2),
            (10, 10, (24, 24), 1),
            (3000, 1, (144, 1), 1),
        ] {
            let (logo, images) = shown(&file(width, height, ImageFormat::Png)).unwrap();
            assert_eq!(((logo.width, logo.height), logo.scales), (shown_as, scales), "{width} x {height}");
            for (scale, image) in (1..).zip(&images) {
                let again = image::load_from_memory_with_format(image, ImageFormat::WebP).unwrap();
                assert_eq!((again.width(), again.height()), (logo.width * scale, logo.height * scale));
            }
        }
    }

    #[test]
    fn icons_are_square_whatever_they_came_as() {
        for (width, height) in [(400, 400), (300, 100), (10, 40), (1, 3000)] {
            let (digest, image) = icon(&file(width, height, ImageFormat::Png)).unwrap();
            let again = image::load_from_memory_with_format(&image, ImageFormat::Png).unwrap();
            assert_eq!((again.width(), again.height(), digest.len()), (ICON, ICON, 16), "{width} x {height}");
        }
        assert!(icon(b"<svg/>").unwrap_err().to_string().contains("parameter 'icon'"));
    }

    #[test]
    fn nothing_of_the_file_but_its_pixels_is_kept() {
        let plain = file(48, 48, ImageFormat::Jpeg);
        let mut told = plain[..2].to_vec();
        let comment = b"made by <script>alert(1)</script>";
        told.extend([0xff, 0xfe, 0, comment.len() as u8 + 2]);
        told.extend(comment);
        told.extend(&plain[2..]);
        let (logo, images) = shown(&told).unwrap();
        assert_eq!(logo, shown(&plain).unwrap().0);
        assert!(images.iter().all(|image| !image.windows(8).any(|part| part == b"<script>")));
    }

    #[test]
    fn what_is_no_picture_or_too_large_is_refused_with_a_remedy() {
        let png = file(40, 40, ImageFormat::Png);
        let mut huge = png.clone();
        huge[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
        let cut = &png[..png.len() / 2];
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>";
        for wrong in [&b""[..], b"GIF89a", svg, cut, &huge, &vec![0; MOST_BYTES + 1]] {
            let error = shown(wrong).unwrap_err().to_string();
            assert!(error.contains("parameter 'logo'"), "{error}");
        }
    }
}
