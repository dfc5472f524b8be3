//! What is given to QEMU by hand, in `<qemu:commandline>`.

use super::Guest;
use crate::tree::NodeId;

impl<'g> Guest<'g> {
    /// The devices among the arguments for QEMU: each with the node that names it.
    #[must_use]
    pub fn devices_by_hand(&self) -> Vec<(NodeId, &'g str)> {
        let tree = self.tree();
        let arguments: Vec<(NodeId, &str)> = self
            .at("qemu:commandline")
            .into_iter()
            .flat_map(|node| tree.children_named(node, "qemu:arg"))
            .filter_map(|argument| {
                let node = tree.attribute(argument, "value")?;
                Some((node, tree.value(node)?))
            })
            .collect();
        let pairs = arguments.iter().zip(arguments.iter().skip(1));
        pairs
            .filter(|((_, option), _)| matches!(*option, "-device" | "--device"))
            .filter_map(|(_, (node, value))| Some((*node, device(value)?)))
            .collect()
    }
}

/// The device that the value of `-device` names: `nvme,serial=1`, `driver=nvme`, or JSON.
fn device(value: &str) -> Option<&str> {
    if value.starts_with('{') {
        let (_, behind) = value.split_once("\"driver\"")?;
        let (_, behind) = behind.split_once('"')?;
        return behind.split('"').next();
    }
    let named = value
        .split(',')
        .find_map(|part| part.strip_prefix("driver="));
    named.or_else(|| value.split(',').next())
}

#[cfg(test)]
mod tests {
    use super::device;

    #[test]
    fn a_device_is_named_in_three_ways() {
        assert_eq!(device("nvme,serial=1"), Some("nvme"));
        assert_eq!(device("serial=1,driver=nvme"), Some("nvme"));
        assert_eq!(device(r#"{"id": "a", "driver": "nvme"}"#), Some("nvme"));
        assert_eq!(device("{"), None);
    }
}
