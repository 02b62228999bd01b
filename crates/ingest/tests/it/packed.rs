//! Archives and workbooks made here, in memory.

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A zip archive of named files.
pub fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A gzip archive.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::default());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

/// A cell of a sheet.
#[derive(Debug, Clone, Copy)]
pub enum Cell<'a> {
    Text(&'a str),
    Number(&'a str),
    /// A day as its number since 1899-12-30.
    Day(u32),
    Blank,
}

/// A workbook of sheets, as spreadsheets write it: texts shared, days as numbers with a format.
pub fn workbook(sheets: &[(&str, Vec<Vec<Cell<'_>>>)]) -> Vec<u8> {
    let mut texts: Vec<String> = Vec::new();
    let mut parts: Vec<(String, String)> = Vec::new();
    let (mut listed, mut related, mut typed) = (String::new(), String::new(), String::new());
    for (number, (name, rows)) in (1..).zip(sheets) {
        listed += &format!("<sheet name=\"{name}\" sheetId=\"{number}\" r:id=\"rId{number}\"/>");
        related += &format!(
            "<Relationship Id=\"rId{number}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet{number}.xml\"/>"
        );
        typed += &format!(
            "<Override PartName=\"/xl/worksheets/sheet{number}.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>"
        );
        parts.push((format!("xl/worksheets/sheet{number}.xml"), sheet(rows, &mut texts)));
    }
    let strings: String = texts.iter().map(|text| format!("<si><t>{text}</t></si>")).collect();
    let main = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
    let package = "xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"";
    parts.extend([
        ("[Content_Types].xml".to_owned(), format!("<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>{typed}</Types>")),
        ("_rels/.rels".to_owned(), format!("<Relationships {package}><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>")),
        ("xl/workbook.xml".to_owned(), format!("<workbook {main} xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>{listed}</sheets></workbook>")),
        ("xl/_rels/workbook.xml.rels".to_owned(), format!("<Relationships {package}>{related}</Relationships>")),
        ("xl/sharedStrings.xml".to_owned(), format!("<sst {main}>{strings}</sst>")),
        ("xl/styles.xml".to_owned(), format!("<styleSheet {main}><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\" applyNumberFormat=\"1\"/></cellXfs></styleSheet>")),
    ]);
    let parts: Vec<(&str, &[u8])> =
        parts.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    zip(&parts)
}

fn sheet(rows: &[Vec<Cell<'_>>], texts: &mut Vec<String>) -> String {
    let mut data = String::new();
    for (row, cells) in (1..).zip(rows) {
        data += &format!("<row r=\"{row}\">");
        for (column, cell) in (b'A'..).zip(cells) {
            let place = format!("{}{row}", char::from(column));
            data += &match cell {
                Cell::Text(text) => {
                    texts.push(text.replace('&', "&amp;").replace('<', "&lt;"));
                    format!("<c r=\"{place}\" t=\"s\"><v>{}</v></c>", texts.len() - 1)
                }
                Cell::Number(number) => format!("<c r=\"{place}\"><v>{number}</v></c>"),
                Cell::Day(number) => format!("<c r=\"{place}\" s=\"1\"><v>{number}</v></c>"),
                Cell::Blank => continue,
            };
        }
        data += "</row>";
    }
    format!(
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{data}</sheetData></worksheet>"
    )
}
