//! What makes two rows speak of the same entity: its id at the platform, else the path of its names.

use domain::Level;
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use super::AccountId;

/// What a row says of the entity it is about. Absent parts are `None`, not empty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Names<'a> {
    /// The campaign's id at the platform.
    pub campaign_id: Option<&'a str>,
    /// The campaign's name.
    pub campaign: Option<&'a str>,
    /// The ad group's id at the platform.
    pub ad_group_id: Option<&'a str>,
    /// The ad group's name.
    pub ad_group: Option<&'a str>,
    /// The ad's id. An ad may stand in several ad groups: its key is (ad group, ad).
    pub ad_id: Option<&'a str>,
    /// The ad's name.
    pub ad: Option<&'a str>,
    /// The keyword's text.
    pub keyword: Option<&'a str>,
    /// The match type of the keyword or search term.
    pub match_type: Option<&'a str>,
    /// What people typed.
    pub search_term: Option<&'a str>,
}

/// A 128-bit hash, wide enough that two different things never share one by chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub hi: u64,
    pub lo: u64,
}

/// How an entity is recognised: by id where it has one, else by the path of its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// Hash of account, level and ids; absent without an id.
    pub(super) by_id: Option<Key>,
    /// Hash of account, level and names.
    pub(super) by_path: Key,
}

impl Identity {
    /// What rows are staged under.
    pub(super) fn key(&self) -> Key {
        self.by_id.unwrap_or(self.by_path)
    }

    /// The key of the entity at `level` that `names` speaks of, without the rest of its identity.
    pub(super) fn key_of(account: AccountId, level: Level, names: &Names<'_>) -> Key {
        by_id(account, level, names).unwrap_or_else(|| by_path(account, level, names))
    }

    /// The identity of the entity at `level` that `names` speaks of.
    pub fn of(account: AccountId, level: Level, names: &Names<'_>) -> Self {
        Self { by_id: by_id(account, level, names), by_path: by_path(account, level, names) }
    }
}

fn by_id(account: AccountId, level: Level, names: &Names<'_>) -> Option<Key> {
    let (id, within) = match level {
        Level::Campaign => (names.campaign_id?, Some("")),
        Level::AdGroup => (names.ad_group_id?, Some("")),
        Level::Ad => (names.ad_id?, names.ad_group_id.or(names.ad_group)),
        Level::Account | Level::Keyword | Level::SearchTerm => return None,
    };
    (!id.is_empty()).then(|| hash(b'i', account, level, &[Some(id), within]))
}

fn by_path(account: AccountId, level: Level, names: &Names<'_>) -> Key {
    let campaign = names.campaign.or(names.campaign_id);
    let ad_group = names.ad_group.or(names.ad_group_id);
    match level {
        Level::Account => hash(b'p', account, level, &[]),
        Level::Campaign => hash(b'p', account, level, &[campaign]),
        Level::AdGroup => hash(b'p', account, level, &[campaign, ad_group]),
        Level::Ad => hash(b'p', account, level, &[campaign, ad_group, names.ad.or(names.ad_id)]),
        Level::Keyword => hash(b'p', account, level, &[campaign, ad_group, names.keyword, names.match_type]),
        Level::SearchTerm => {
            let parts = [campaign, ad_group, names.keyword, names.search_term, names.match_type];
            hash(b'p', account, level, &parts)
        }
    }
}

fn hash(kind: u8, account: AccountId, level: Level, parts: &[Option<&str>]) -> Key {
    // Names are short: gathered in one place they are hashed at once, which is several times faster than piece by piece.
    let mut gathered = [0u8; 256];
    let length = 6 + parts.iter().map(|part| 4 + part.map_or(0, str::len)).sum::<usize>();
    let digest = match gathered.get_mut(..length) {
        Some(bytes) => {
            let mut rest = &mut *bytes;
            pieces(kind, account, level, parts, |piece| {
                let (place, behind) = std::mem::take(&mut rest).split_at_mut(piece.len());
                place.copy_from_slice(piece);
                rest = behind;
            });
            xxh3_128(bytes)
        }
        None => {
            let mut hasher = Xxh3::new();
            pieces(kind, account, level, parts, |piece| hasher.update(piece));
            hasher.digest128()
        }
    };
    Key { hi: (digest >> 64) as u64, lo: digest as u64 }
}

/// What is hashed, in order.
fn pieces(kind: u8, account: AccountId, level: Level, parts: &[Option<&str>], mut each: impl FnMut(&[u8])) {
    each(&[kind, level.number()]);
    each(&account.to_le_bytes());
    for part in parts {
        // The length keeps ["ab", "c"] apart from ["a", "bc"], and absent apart from empty.
        let length = part.map_or(u32::MAX, |text| text.len() as u32);
        each(&length.to_le_bytes());
        each(part.unwrap_or_default().as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: Names<'_> = Names {
        campaign_id: Some("7"),
        campaign: Some("Brand"),
        ad_group_id: Some("8"),
        ad_group: Some("Exact"),
        ad_id: Some("9"),
        ad: Some("Headline"),
        keyword: Some("shoes"),
        match_type: Some("Exact match"),
        search_term: Some("red shoes"),
    };

    #[test]
    fn an_id_outlives_a_rename_and_names_serve_without_one() {
        let renamed = Names { campaign: Some("Brand 2"), ..ROW };
        let of = |names| Identity::of(1, Level::Campaign, names);
        assert_eq!(of(&ROW).key(), of(&renamed).key());
        assert_ne!(of(&ROW).by_path, of(&renamed).by_path);
        let nameless = Names { campaign_id: None, ..ROW };
        assert_eq!(of(&nameless).key(), of(&ROW).by_path);
    }

    #[test]
    fn long_names_are_hashed_like_short_ones() {
        let mut hasher = Xxh3::new();
        pieces(b'p', 1, Level::Campaign, &[Some("Brand")], |piece| hasher.update(piece));
        let digest = hasher.digest128();
        let key = hash(b'p', 1, Level::Campaign, &[Some("Brand")]);
        assert_eq!((key.hi, key.lo), ((digest >> 64) as u64, digest as u64));
        let long = "x".repeat(5_000);
        assert_ne!(
            hash(b'p', 1, Level::Campaign, &[Some(&long)]),
            hash(b'p', 1, Level::Campaign, &[Some(&long[1..])])
        );
    }

    #[test]
    fn an_ad_in_two_ad_groups_is_two() {
        let elsewhere = Names { ad_group_id: Some("80"), ..ROW };
        assert_ne!(Identity::of(1, Level::Ad, &ROW).key(), Identity::of(1, Level::Ad, &elsewhere).key());
    }

    #[test]
    fn accounts_levels_and_cuts_are_told_apart() {
        let keys: Vec<_> = Level::ALL.map(|level| Identity::of(1, level, &ROW).by_path).into_iter().collect();
        for (i, key) in keys.iter().enumerate() {
            assert!(!keys[..i].contains(key));
        }
        assert_ne!(Identity::of(1, Level::Campaign, &ROW), Identity::of(2, Level::Campaign, &ROW));
        let cut = |campaign, ad_group| Names {
            campaign: Some(campaign),
            ad_group: Some(ad_group),
            ..Names::default()
        };
        let of = |names| Identity::of(1, Level::AdGroup, &names).by_path;
        assert_ne!(of(cut("ab", "c")), of(cut("a", "bc")));
    }
}
