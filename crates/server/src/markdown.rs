//! Long texts: a subset of Markdown. What is not in the subset stays as the letters that were typed; HTML is never passed on.

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, parse_document};

use crate::cx::Cx;
use crate::html::{Html, escape};

/// The longest text that is looked at as Markdown; a longer one is shown as it was typed.
const LONGEST: usize = 200_000;
/// The deepest nesting that is followed.
const DEEPEST: usize = 24;

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.tasklist = true;
    options
}

/// A text as HTML. References such as `R-0014` become links where the person may see the record.
pub fn to_html(cx: &Cx, text: &str) -> Html {
    let mut out = String::from(r#"<div class="prose">"#);
    if text.len() > LONGEST {
        out.push_str("<pre>");
        escape(text, &mut out);
        out.push_str("</pre>");
    } else {
        let arena = Arena::new();
        children(Some(cx), parse_document(&arena, text, &options()), 0, &mut out);
    }
    out.push_str("</div>");
    Html(out)
}

/// A text as HTML, without links to records: for a preview before anything is saved.
pub fn preview(text: &str) -> Html {
    let mut out = String::new();
    if text.len() <= LONGEST {
        let arena = Arena::new();
        children(None, parse_document(&arena, text, &options()), 0, &mut out);
    }
    Html(out)
}

/// The words of a text without its marks.
pub fn to_text(text: &str) -> String {
    if text.len() > LONGEST {
        return text.to_owned();
    }
    let arena = Arena::new();
    let mut out = String::new();
    for node in parse_document(&arena, text, &options()).descendants() {
        match &node.data.borrow().value {
            NodeValue::Text(text) => out.push_str(text),
            NodeValue::Code(code) => out.push_str(&code.literal),
            NodeValue::SoftBreak | NodeValue::LineBreak | NodeValue::Paragraph | NodeValue::Item(_) => out.push(' '),
            NodeValue::HtmlInline(html) => out.push_str(html),
            NodeValue::HtmlBlock(html) => out.push_str(&html.literal),
            _ => {}
        }
    }
    out
}

fn children<'a>(cx: Option<&Cx>, node: &'a AstNode<'a>, depth: usize, out: &mut String) {
    if depth > DEEPEST {
        return;
    }
    for child in node.children() {
        write(cx, child, depth + 1, out);
    }
}

fn wrap<'a>(cx: Option<&Cx>, node: &'a AstNode<'a>, tag: &str, depth: usize, out: &mut String) {
    out.push('<');
    out.push_str(tag);
    out.push('>');
    children(cx, node, depth, out);
    out.push_str("</");
    out.push_str(tag);
    out.push('>');
}

fn write<'a>(cx: Option<&Cx>, node: &'a AstNode<'a>, depth: usize, out: &mut String) {
    match &node.data.borrow().value {
        NodeValue::Paragraph => wrap(cx, node, "p", depth, out),
        // A page has its own first and second level.
        NodeValue::Heading(heading) => {
            let tag = ["h3", "h4", "h5", "h6"][usize::from(heading.level.saturating_sub(1)).min(3)];
            wrap(cx, node, tag, depth, out);
        }
        NodeValue::BlockQuote => wrap(cx, node, "blockquote", depth, out),
        NodeValue::List(list) => {
            let tag = if list.list_type == comrak::nodes::ListType::Ordered { "ol" } else { "ul" };
            wrap(cx, node, tag, depth, out);
        }
        NodeValue::Item(_) => wrap(cx, node, "li", depth, out),
        NodeValue::TaskItem(item) => {
            out.push_str(if item.symbol.is_some() { "<li>☑ " } else { "<li>☐ " });
            children(cx, node, depth, out);
            out.push_str("</li>");
        }
        NodeValue::Emph => wrap(cx, node, "em", depth, out),
        NodeValue::Strong => wrap(cx, node, "strong", depth, out),
        NodeValue::Strikethrough => wrap(cx, node, "s", depth, out),
        NodeValue::ThematicBreak => out.push_str("<hr>"),
        NodeValue::LineBreak => out.push_str("<br>"),
        NodeValue::SoftBreak => out.push('\n'),
        NodeValue::Code(code) => {
            out.push_str("<code>");
            escape(&code.literal, out);
            out.push_str("</code>");
        }
        NodeValue::CodeBlock(block) => {
            out.push_str("<pre>");
            escape(&block.literal, out);
            out.push_str("</pre>");
        }
        NodeValue::Text(text) => words(cx, text, out),
        NodeValue::HtmlInline(html) => escape(html, out),
        NodeValue::HtmlBlock(html) => {
            out.push_str("<p>");
            escape(&html.literal, out);
            out.push_str("</p>");
        }
        NodeValue::Link(link) if leads_somewhere_safe(&link.url) => {
            out.push_str("<a rel=\"noopener noreferrer nofollow\" href=\"");
            escape(&link.url, out);
            out.push_str("\">");
            children(cx, node, depth, out);
            out.push_str("</a>");
        }
        NodeValue::Table(_) => {
            out.push_str(r#"<div class="tw"><table class="tbl tight">"#);
            children(cx, node, depth, out);
            out.push_str("</table></div>");
        }
        NodeValue::TableRow(head) => {
            let (open, cell, close) =
                if *head { ("<thead><tr>", "th", "</tr></thead>") } else { ("<tr>", "td", "</tr>") };
            out.push_str(open);
            for child in node.children() {
                wrap(cx, child, cell, depth + 1, out);
            }
            out.push_str(close);
        }
        // A picture would be a request to somewhere else: its words remain. The same for a link that leads astray.
        _ => children(cx, node, depth, out),
    }
}

/// Whether a link may be followed from a page: the web, mail, and pages of our own.
fn leads_somewhere_safe(url: &str) -> bool {
    let plain = url.chars().all(|sign| !sign.is_control() && sign != '\\');
    let own = url.starts_with('/') && !url.starts_with("//");
    let known = ["https://", "http://", "mailto:"]
        .iter()
        .any(|scheme| url.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme)));
    plain && (own || known)
}

/// Text with references of records as links.
fn words(cx: Option<&Cx>, text: &str, out: &mut String) {
    let Some(cx) = cx else { return escape(text, out) };
    let mut rest = text;
    while let Some((before, reference, after)) = next_reference(rest) {
        escape(before, out);
        match reference.parse::<attestry_model::AnyRef>() {
            Ok(target) if cx.isms.record(target).is_some_and(|record| cx.sees(record)) => {
                out.push_str(crate::show::rid(cx, target).as_str());
            }
            _ => escape(reference, out),
        }
        rest = after;
    }
    escape(rest, out);
}

/// The first part of a text that is written like a reference, with what is before and after it.
fn next_reference(text: &str) -> Option<(&str, &str, &str)> {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(dash) = text.get(from..)?.find('-').map(|at| at + from) {
        let begin = bytes[..dash].iter().rposition(|byte| !byte.is_ascii_uppercase()).map_or(0, |at| at + 1);
        let digits = bytes[dash + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let end = dash + 1 + digits;
        let free_before = begin == 0 || !bytes[begin - 1].is_ascii_alphanumeric();
        let free_after = bytes.get(end).is_none_or(|byte| !byte.is_ascii_alphanumeric());
        if (1..=5).contains(&(dash - begin)) && (1..=9).contains(&digits) && free_before && free_after {
            return Some((text.get(..begin)?, text.get(begin..end)?, text.get(end..)?));
        }
        from = dash + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_in_the_subset_is_only_text() {
        for (text, html) in [
            ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
            ("a <b onclick=x>c</b>", "<p>a &lt;b onclick=x&gt;c&lt;/b&gt;</p>"),
            ("[x](javascript:alert(1))", "<p>x</p>"),
            ("[x](//evil.example)", "<p>x</p>"),
            ("[x](/risks)", "<p><a rel=\"noopener noreferrer nofollow\" href=\"/risks\">x</a></p>"),
            ("![alt](https://evil.example/p.png)", "<p>alt</p>"),
            ("**a** `<i>`", "<p><strong>a</strong> <code>&lt;i&gt;</code></p>"),
            (
                "[x](https://a.example/\"onmouseover=1)",
                "<p><a rel=\"noopener noreferrer nofollow\" href=\"https://a.example/&quot;onmouseover=1\">x</a></p>",
            ),
        ] {
            assert_eq!(preview(text).as_str().replace('\n', ""), html, "{text}");
        }
    }

    #[test]
    fn references_are_found_between_other_words() {
        assert_eq!(next_reference("see R-0014."), Some(("see ", "R-0014", ".")));
        assert_eq!(next_reference("A-1-2 x TSK-7"), Some(("", "A-1", "-2 x TSK-7")));
        assert_eq!(next_reference("COVID-19x"), None);
        assert_eq!(next_reference("über-12 R-1"), Some(("über-12 ", "R-1", "")));
    }

    #[test]
    fn a_deeply_nested_text_comes_to_an_end() {
        let deep = "> ".repeat(5_000) + "x";
        assert!(preview(&deep).as_str().len() < 10_000);
    }
}
