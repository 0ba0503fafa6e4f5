//! The seed article: each of its task passages can be selected and tagged, to the letter.
use serde_json::Value;

use crate::find::Words;
use crate::page::{Page, Step, Stop, ensure, failed, project};

pub(super) async fn walk(page: &mut Page) -> Step {
    let folder = project().join("../shared/domain");
    let (Ok(gold), Ok(article)) =
        (std::fs::read_to_string(folder.join("seed_gold.json")), std::fs::read_to_string(folder.join("seed-article.txt")))
    else {
        return Err(Stop::Skipped("the seed article and its gold are not beside this checkout".to_owned()));
    };
    let gold: Value = serde_json::from_str(&gold).map_err(|error| Stop::Failed(format!("the gold: {error}")))?;
    let passages = passages(&gold);
    ensure(!passages.is_empty(), || "the gold names no passages".to_owned())?;

    page.open("").await?;
    page.import_file(&folder.join("seed-article.txt")).await?;
    page.until_text_is_shown().await?;
    let blocks = page.blocks().await?;
    for (start, quote) in &passages {
        let words = locate(&blocks, &article, *start, quote)?;
        page.select_by_script(words).await?;
        page.until_selected(quote).await?;
        page.key('4').await?;
        page.until_card(quote, &["task"]).await?;
    }
    page.until_saved().await?;
    let place = page.place().await?;
    page.open(&place).await?;
    let mut wanted: Vec<&str> = passages.iter().map(|(_, quote)| quote.as_str()).collect();
    wanted.sort_unstable();
    page.until_cards("all passages after opening again", |cards| {
        let mut seen: Vec<&str> = cards.iter().map(|card| card.quote.as_str()).collect();
        seen.sort_unstable();
        seen == wanted
    })
    .await?;
    page.notes.push(format!("{} task passages, all exact", passages.len()));
    Ok(())
}

/// All task passages: where they begin in the file, in code points, and their words.
fn passages(gold: &Value) -> Vec<(usize, String)> {
    let tasks = gold["tasks"].as_array().into_iter().flatten();
    let passages = tasks.flat_map(|task| task["passages"].as_array().into_iter().flatten());
    let read = |passage: &Value| {
        let start = usize::try_from(passage["start"].as_u64()?).ok()?;
        Some((start, passage["quote"].as_str()?.to_owned()))
    };
    passages.filter_map(read).collect()
}

/// The place in the shown text. Blank lines and page furniture are not in it, so a passage is found by its line, and
/// within the line by how often its words come before.
fn locate(blocks: &[String], article: &str, start: usize, quote: &str) -> Step<Words> {
    let byte = article.char_indices().nth(start).map_or(article.len(), |(byte, _)| byte);
    ensure(article[byte..].starts_with(quote), || format!("the gold's “{quote}” is not at {start}"))?;
    let line_start = article[..byte].rfind('\n').map_or(0, |at| at + 1);
    let line_end = article[byte..].find('\n').map_or(article.len(), |at| byte + at);
    let line = article[line_start..line_end].trim();
    let earlier = article[line_start..byte].matches(quote).count();
    let Some(block) = blocks.iter().position(|text| text.trim() == line) else {
        return failed(format!("no block says “{line}”"));
    };
    let Some((at, _)) = blocks[block].match_indices(quote).nth(earlier) else {
        return failed(format!("block {block} has no “{quote}”"));
    };
    let start = blocks[block][..at].chars().count();
    Ok(Words { block, start, end: start + quote.chars().count() })
}
