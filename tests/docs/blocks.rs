//! The blocks of code in a Markdown page, and the commands in them.

use std::process::Command;

/// A fenced block of code.
pub(crate) struct Block<'p> {
    /// What stands behind the fence: a language, perhaps more.
    pub(crate) info: &'p str,
    /// The lines between the fences.
    pub(crate) text: &'p str,
    /// The line of the fence.
    pub(crate) line: usize,
}

impl Block<'_> {
    pub(crate) fn language(&self) -> &str {
        self.info.split_whitespace().next().unwrap_or_default()
    }

    /// Why it is not run, if it is not.
    pub(crate) fn not_run(&self) -> Option<&str> {
        let (_, reason) = self.info.split_once(" not run:")?;
        Some(reason.trim())
    }
}

/// The blocks of a page, in order.
pub(crate) fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut open: Option<(&str, usize, usize)> = None;
    let mut at = 0;
    for (index, line) in page.split_inclusive('\n').enumerate() {
        let fence = line.trim_end().strip_prefix("```");
        match (fence, open) {
            (Some(info), None) => open = Some((info.trim(), at + line.len(), index + 1)),
            (Some(_), Some((info, start, line))) => {
                let text = &page[start..at];
                blocks.push(Block { info, text, line });
                open = None;
            }
            (None, _) => {}
        }
        at += line.len();
    }
    assert!(open.is_none(), "a block without end");
    blocks
}

/// The commands of a script: lines, joined until a shell takes them. Comments are left out.
pub(crate) fn commands(script: &str) -> Result<Vec<String>, String> {
    let mut commands = Vec::new();
    let mut command = String::new();
    let mut complaint = String::new();
    for line in script.lines() {
        if command.is_empty() && (line.trim().is_empty() || line.trim_start().starts_with('#')) {
            continue;
        }
        if !command.is_empty() {
            command.push('\n');
        }
        command.push_str(line);
        // A shell takes a \ at the end.
        if line.ends_with('\\') {
            continue;
        }
        let bash = Command::new("bash").args(["-n", "-c", &command]).output();
        let output = bash.expect("bash runs");
        complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() && complaint.is_empty() {
            commands.push(std::mem::take(&mut command));
        }
    }
    if command.is_empty() {
        Ok(commands)
    } else {
        Err(format!("$ {command}\n{complaint}"))
    }
}

/// The arguments of each call of domdiff in a command: the words behind `domdiff` where a command
/// begins, until the shell's next operator.
pub(crate) fn domdiff_calls(command: &str) -> Result<Vec<Vec<String>>, String> {
    let mut calls: Vec<Vec<String>> = Vec::new();
    let mut is_in_call = false;
    let mut may_begin = true;
    let mut skip = false;
    for token in tokens(command)? {
        match token {
            Token::Redirection => skip = true,
            Token::Operator => (is_in_call, may_begin) = (false, true),
            Token::Word(_) if skip => skip = false,
            Token::Word(word) if is_in_call => {
                if let Some(call) = calls.last_mut() {
                    call.push(word);
                }
            }
            Token::Word(word) if may_begin => {
                if word == "domdiff" {
                    calls.push(Vec::new());
                    is_in_call = true;
                }
                let is_before = ["sudo", "exec", "if", "then", "do", "else", "!", "time"];
                may_begin = is_before.contains(&&*word) || word.contains('=');
            }
            Token::Word(_) => {}
        }
    }
    Ok(calls)
}

enum Token {
    Word(String),
    /// `|`, `;`, `&&`, a line's end.
    Operator,
    /// `<`, `>`, `2>`: a word follows that is no argument.
    Redirection,
}

fn tokens(command: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = command.chars().peekable();
    while let Some(c) = chars.next() {
        let ended = match c {
            '\\' => {
                match chars.next() {
                    Some('\n') | None => {}
                    Some(c) => word.get_or_insert_default().push(c),
                }
                continue;
            }
            '\'' | '"' => {
                let quoted = word.get_or_insert_default();
                loop {
                    match chars.next() {
                        Some(end) if end == c => break,
                        Some('\\') if c == '"' => quoted.extend(chars.next()),
                        Some(other) => quoted.push(other),
                        None => return Err(format!("a quote without end: {command}")),
                    }
                }
                continue;
            }
            '#' if word.is_none() => {
                while chars.next_if(|c| *c != '\n').is_some() {}
                continue;
            }
            ' ' | '\t' => None,
            '<' | '>' => {
                word = word.filter(|word| word.parse::<u8>().is_err());
                while chars.next_if(|c| matches!(c, '<' | '>' | '&')).is_some() {}
                Some(Token::Redirection)
            }
            '|' | ';' | '&' | '\n' | '(' | ')' => Some(Token::Operator),
            other => {
                word.get_or_insert_default().push(other);
                continue;
            }
        };
        tokens.extend(word.take().map(Token::Word));
        tokens.extend(ended);
    }
    tokens.extend(word.map(Token::Word));
    Ok(tokens)
}

/// The shell scripts in what a CI system reads: what its keys for commands hold.
pub(crate) fn scripts(value: &serde_json::Value) -> Vec<String> {
    use serde_json::Value;
    let mut found = Vec::new();
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match (&**key, value) {
                    ("run" | "script" | "before_script" | "entry", Value::String(text)) => {
                        found.push(text.clone());
                    }
                    ("script" | "before_script" | "after_script", Value::Array(lines)) => {
                        let lines = lines.iter().filter_map(Value::as_str);
                        found.extend(lines.map(str::to_owned));
                    }
                    _ => found.extend(scripts(value)),
                }
            }
        }
        Value::Array(values) => found.extend(values.iter().flat_map(scripts)),
        _ => {}
    }
    found
}
