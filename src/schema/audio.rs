//! Sound cards and the host side of sound.

use super::field::{attr, elem};
use super::kinds::{INT, NUMBER, TEXT, V12_8, YES_NO, hex, one_of};
use super::shared::VIRTIO_OPTIONS;

group! {
/// What `devices/audio/input` holds.
AUDIO_STREAM:
    attr("@bufferCount", NUMBER),
    attr("@bufferLength", NUMBER),
    attr("@clientName", TEXT),
    attr("@connectPorts", TEXT),
    attr("@dev", TEXT),
    attr("@exactName", YES_NO),
    attr("@fixedSettings", YES_NO),
    attr("@latency", NUMBER),
    attr("@mixingEngine", YES_NO),
    attr("@name", TEXT),
    attr("@serverName", TEXT),
    attr("@streamName", TEXT),
    attr("@tryPoll", YES_NO),
    attr("@voices", NUMBER),
    elem("settings", &[&[
        attr("@channels", NUMBER),
        attr("@format", one_of(&["s8", "u8", "s16", "u16", "s32", "u32", "f32"])),
        attr("@frequency", NUMBER),
    ]]),
}

group! {
/// What `devices/sound` holds.
SOUND:
    attr("@model", one_of(&["sb16", "es1370", "pcspk", "ac97", "ich6", "ich7", "ich9", "usb", "virtio"])),
    attr("@multichannel", YES_NO).since(V12_8),
    attr("@streams", NUMBER).since(V12_8),
    elem("audio", &[&[
        attr("@id", hex(4)),
    ]]),
    elem("codec", &[&[
        attr("@type", one_of(&["duplex", "micro", "output"])),
    ]]).by_position(),
    elem("driver", &[&VIRTIO_OPTIONS]).since(V12_8),
}

group! {
/// What `devices/audio` holds.
AUDIO:
    attr("@driver", one_of(&["esd", "alsa", "arts", "pulseaudio"])),
    attr("@dspPolicy", INT),
    attr("@exclusive", YES_NO),
    attr("@id", NUMBER),
    attr("@path", TEXT),
    attr("@runtimeDir", TEXT).since(V12_8),
    attr("@serverName", TEXT),
    attr("@timerPeriod", NUMBER),
    attr("@tryMMap", YES_NO),
    attr("@type", one_of(&["none", "dbus", "alsa", "coreaudio", "jack", "oss", "pipewire", "pulseaudio", "sdl", "spice", "file"])),
    elem("input", &[&AUDIO_STREAM]),
    elem("output", &[&AUDIO_STREAM]),
}
