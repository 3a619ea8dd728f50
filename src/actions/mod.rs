//! What is known of actions: how a `uses:` names one, which commit a ref of it means, and what is
//! special about some of them.
