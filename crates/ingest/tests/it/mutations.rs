//! Whatever happens to a file, it is read or refused: no panic, every row accounted for, a remedy for each refusal.

use std::sync::LazyLock;

use ingest::Wishes;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::{fixtures, shown};

static FILES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let all = fixtures::reports().into_iter().chain(fixtures::refused());
    all.map(|fixture| fixture.bytes).filter(|bytes| !bytes.is_empty()).collect()
});

#[derive(Debug, Clone)]
enum Mutation {
    Cut(Index),
    Behead(Index),
    Flip(Index, u8),
    Put(Index, Vec<u8>),
    Delete(Index, usize),
    Repeat(Index, usize),
    Swap(u8, u8),
    Widen,
    Append(Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = any::<Index>;
    let special = proptest::sample::select(&b",;\t|\"\r\n.-/ 0\0\xFF(\xE2"[..]);
    prop_oneof![
        at().prop_map(Mutation::Cut),
        at().prop_map(Mutation::Behead),
        (at(), any::<u8>()).prop_map(|(at, bits)| Mutation::Flip(at, bits)),
        (at(), proptest::collection::vec(any::<u8>(), 1..9)).prop_map(|(at, bytes)| Mutation::Put(at, bytes)),
        (at(), proptest::collection::vec(special.clone(), 1..4))
            .prop_map(|(at, bytes)| Mutation::Put(at, bytes)),
        (at(), 1usize..60).prop_map(|(at, len)| Mutation::Delete(at, len)),
        (at(), 1usize..200).prop_map(|(at, len)| Mutation::Repeat(at, len)),
        (special.clone(), special).prop_map(|(from, to)| Mutation::Swap(from, to)),
        Just(Mutation::Widen),
        at().prop_map(Mutation::Append),
    ]
}

fn mutate(bytes: &mut Vec<u8>, mutation: &Mutation) {
    if bytes.is_empty() {
        return;
    }
    match mutation {
        Mutation::Cut(at) => bytes.truncate(at.index(bytes.len())),
        Mutation::Behead(at) => drop(bytes.drain(..at.index(bytes.len()))),
        Mutation::Flip(at, bits) => {
            let at = at.index(bytes.len());
            bytes[at] ^= bits;
        }
        Mutation::Put(at, new) => {
            let at = at.index(bytes.len());
            bytes.splice(at..at, new.iter().copied());
        }
        Mutation::Delete(at, len) => {
            let at = at.index(bytes.len());
            bytes.drain(at..(at + len).min(bytes.len()));
        }
        Mutation::Repeat(at, len) => {
            let at = at.index(bytes.len());
            let piece = bytes[at..(at + len).min(bytes.len())].to_vec();
            bytes.splice(at..at, piece);
        }
        Mutation::Swap(from, to) => {
            bytes.iter_mut().filter(|byte| *byte == from).for_each(|byte| *byte = *to)
        }
        Mutation::Widen => *bytes = bytes.iter().flat_map(|&byte| [byte, 0]).collect(),
        Mutation::Append(file) => bytes.extend_from_slice(&FILES[file.index(FILES.len())]),
    }
}

/// `shown::read` asserts that rows are accounted for.
fn is_read_or_refused(bytes: &[u8]) {
    if let Err(refusal) = shown::read(bytes, &Wishes::default()) {
        assert!(!refusal.seems().is_empty() && !refusal.remedy().is_empty(), "{refusal:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_files_are_read_or_refused(
        file in any::<Index>(),
        mutations in proptest::collection::vec(mutation(), 1..6),
    ) {
        let mut bytes = FILES[file.index(FILES.len())].clone();
        mutations.iter().for_each(|mutation| mutate(&mut bytes, mutation));
        is_read_or_refused(&bytes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_cells_under_known_headers_are_accounted_for(
        cells in proptest::collection::vec(proptest::collection::vec("\\PC{0,12}|[0-9.,$€%()-]{0,14}|[0-9/-]{6,10}", 4), 1..12),
    ) {
        let mut file = String::from("Campaign,Day,Cost,Impr.\n");
        for row in &cells {
            let row: Vec<String> = row.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
            file += &row.join(",");
            file.push('\n');
        }
        if let Ok(read) = shown::read(file.as_bytes(), &Wishes::default()) {
            prop_assert_eq!(read.reading.rows_read, cells.len() as u64);
        }
    }
}
