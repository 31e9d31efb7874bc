//! People of the seeded site.

use crate::world::World;

/// Somebody of the seeded site.
#[derive(Debug)]
pub struct Person {
    /// Short name in the seed's scripts.
    pub nick: &'static str,
    /// Jira's id of the account.
    pub account_id: &'static str,
    /// The display name.
    pub name: &'static str,
    /// The e-mail, at example.com.
    pub email: &'static str,
    zone: &'static str,
    locale: &'static str,
    groups: &'static [&'static str],
}

/// Everybody, with what they are there for. The first is the site's administrator.
#[rustfmt::skip]
pub static PEOPLE: [Person; 12] = [
    // Product owner and site administrator: the account that a newcomer uses.
    person("ana", "712020:3f6a1c52-8e0b-4d7f-9a35-61c2b7d40e18", "Ana Ribeiro", "ana.ribeiro@example.com", "Europe/Lisbon", "pt_PT", &["jira-administrators", "developers", "support"]),
    person("lars", "712020:b81d09e4-2c57-4e63-8f10-d94a7e5c3b26", "Lars Østergaard", "lars.ostergaard@example.com", "Europe/Copenhagen", "en_UK", &["developers", "support"]),
    person("tomas", "557058:9c4e7a10-5b38-4f2d-a6c1-0e83d7f9b542", "Tomáš Novák", "tomas.novak@example.com", "Europe/Prague", "cs_CZ", &["developers", "support"]),
    person("mei", "5e2f84b7c91d0a3e6f58b2d4", "Mei-Ling Chen", "meiling.chen@example.com", "Asia/Taipei", "zh_TW", &["developers", "support"]),
    person("priya", "712020:e07c5d93-41ba-4f86-b2e9-7a16f380cd54", "Priya Raghunathan", "priya.raghunathan@example.com", "Asia/Kolkata", "en_US", &["developers", "support"]),
    // Two who are easily taken for each other.
    person("chris", "712020:5a92f3e8-0d64-4b1c-97e5-c3b80d217f6a", "Chris Okafor", "chris.okafor@example.com", "Africa/Lagos", "en_UK", &["developers", "support"]),
    person("christina", "712020:c6e1480b-97d2-4a35-8bf4-2e5f91a7d083", "Christina Okafor", "christina.okafor@example.com", "America/Toronto", "en_US", &["developers", "support"]),
    // Keeps the e-mail address from others.
    person("yuki", "60d3b9f2a47c1e0069e85d17", "佐藤 由紀", "yuki.sato@example.com", "Asia/Tokyo", "ja_JP", &["developers", "support"]),
    // Works in BIZ and cannot see OPS.
    person("omar", "712020:14d8b7c6-e3f0-4952-a78d-b05e62c91f3d", "Omar Al-Masri", "omar.almasri@example.com", "Asia/Amman", "en_US", &[]),
    // An auditor: reads everything, changes nothing.
    person("dana", "712020:f92b60a5-3c8e-4d17-b459-8e7d10c4a6f3", "Dana Whitfield", "dana.whitfield@example.com", "America/New_York", "en_US", &["auditors"]),
    // Has left; the account is deactivated.
    person("piotr", "557058:2d7b5f01-c8a9-4e36-bd40-61f8e93a7c25", "Piotr Zieliński", "piotr.zielinski@example.com", "Europe/Warsaw", "pl_PL", &["developers"]),
    // A customer of the service desk, who sees only her own requests.
    person("wanjiru", "qm:7f0e3b62-d519-4c8a-9e24-b6a1d8f05c73:41c9e5d8-62b7-4f0a-8d13-95e7a2c06b4f", "Wanjiru Kamau", "wanjiru.kamau@example.com", "Africa/Nairobi", "en_UK", &[]),
];

const fn person(
    nick: &'static str,
    account_id: &'static str,
    name: &'static str,
    email: &'static str,
    zone: &'static str,
    locale: &'static str,
    groups: &'static [&'static str],
) -> Person {
    Person { nick, account_id, name, email, zone, locale, groups }
}

/// Somebody by the nick of the seed's scripts, such as `ana`.
#[must_use]
pub fn find(nick: &str) -> Option<&'static Person> {
    PEOPLE.iter().find(|person| person.nick == nick)
}

/// Makes the accounts and groups. All are active still: who leaves does so when the history is told.
pub(super) fn add_people(world: &mut World) {
    world.add_group("auditors");
    for person in &PEOPLE {
        world.add_user(person.account_id, person.name, person.email);
        person.groups.iter().for_each(|group| world.add_to_group(group, person.account_id));
        if let Some(user) = world.users.get_mut(person.account_id) {
            user.time_zone = person.zone.into();
            user.locale = person.locale.into();
            user.email_visible = person.nick != "yuki";
        }
    }
    let customer = account("wanjiru");
    for group in &mut world.groups {
        group.members.remove(customer);
    }
    if let Some(user) = world.users.get_mut(customer) {
        user.account_type = "customer".into();
    }
}

/// Deactivates who has left.
pub(super) fn deactivate_leavers(world: &mut World) {
    let gone = account("piotr");
    for group in &mut world.groups {
        group.members.remove(gone);
    }
    if let Some(user) = world.users.get_mut(gone) {
        user.active = false;
    }
}

/// The account id behind a nick.
///
/// # Panics
/// When nobody is called so.
pub(super) fn account(nick: &str) -> &'static str {
    find(nick).unwrap_or_else(|| panic!("the seed knows nobody called {nick:?}")).account_id
}
