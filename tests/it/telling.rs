//! A small world that says something new when asked to: what the stories of telling are told in.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use chrono::TimeDelta;
use regwire::daemon::jobs::collect::Choice;
use regwire::daemon::jobs::{collect, index};
use regwire::daemon::{House, Shift};

/// The items of the feed that the world's one source lists, as titles and texts by key.
pub type World = Arc<Mutex<Vec<(String, String, String)>>>;

/// Serves a feed; the port that it is at.
pub async fn serve() -> (u16, World) {
    let world = World::default();
    world.lock().unwrap().push((
        "old".to_owned(),
        "An item of long ago".to_owned(),
        "Nothing of interest.".to_owned(),
    ));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let router = Router::new()
        .fallback(|State(world): State<World>| async move {
            let items: String = world
                .lock()
                .unwrap()
                .iter()
                .map(|(key, title, text)| format!("<item><guid isPermaLink=\"false\">{key}</guid><title>{title}</title><link>https://iso.example/{key}</link><description>{text}</description></item>"))
                .collect();
            format!("<rss version=\"2.0\"><channel><title>T</title><link>https://iso.example/</link>{items}</channel></rss>")
        })
        .with_state(Arc::clone(&world));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (port, world)
}

/// The `sources.toml` of that world.
pub fn sources(port: u16) -> String {
    format!(
        "[[source]]\nid = \"iso-news\"\nbody = \"iso\"\nname = \"ISO news\"\nkind = \"feed\"\nurl = \"http://iso.localhost:{port}/feed\"\nevery = \"2h\"\nlanguage = \"en\"\n"
    )
}

/// Visits what is due.
pub async fn collect(house: &House) {
    let shift = Shift::begin(house).await.unwrap().unwrap();
    let fetcher = house.fetcher().unwrap();
    collect::collect(house, shift.lease(), &fetcher, &Choice::due(), |_| {})
        .await
        .unwrap();
    index::follow(house).await.unwrap();
    shift.end().await.unwrap();
}

/// Lets the world say something, three hours later; the clock must be a held one.
pub async fn says(house: &House, world: &World, key: &str, title: &str, text: &str) {
    if house.store.log_head().await.unwrap() == 0 {
        collect(house).await;
    }
    house.clock.move_to(house.clock.now() + TimeDelta::hours(3));
    {
        let mut items = world.lock().unwrap();
        items.retain(|(known, _, _)| known != key);
        items.insert(0, (key.to_owned(), title.to_owned(), text.to_owned()));
    }
    collect(house).await;
}
