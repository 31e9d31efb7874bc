//! The sprints of the seeded site.

/// The sprints of the first board, which is DEMO's: name, day of its start, day of its end, goal.
pub(super) const SPRINTS: [(&str, i64, i64, &str); 4] = [
    ("Sprint 21", -38, -24, "Gift cards in the cart and a calmer search page"),
    ("Sprint 22", -24, -10, "Express checkout is out; 3-D Secure 2 everywhere"),
    ("Sprint 23", -10, 4, "Guests can pay without an account"),
    ("Sprint 24", 4, 18, "Returns without a phone call"),
];
