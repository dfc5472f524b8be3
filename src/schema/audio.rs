//! Sound cards and the host side of sound.

use super::field::{attr, elem};
use super::kinds::{INT, NUMBER, TEXT, V12_8, YES_NO, one_of};
use super::shared::VIRTIO_OPTIONS_UNCOMPARED;

group! {
/// What `devices/sound` holds.
SOUND:
    attr("@model", one_of(&["sb16", "es1370", "pcspk", "ac97", "ich6", "ich7", "ich9", "usb", "virtio"])).compared(),
    attr("@multichannel", YES_NO).compared().since(V12_8),
    attr("@streams", NUMBER).rule("abi-plus/sound").since(V12_8),
    elem("codec", &[&[
        attr("@type", one_of(&["duplex", "micro", "output"])),
    ]]).rule("abi-plus/sound").by_position(),
    elem("audio", &[&[
        attr("@id", NUMBER),
    ]]).rule("host-side/audio"),
    elem("driver", &[&VIRTIO_OPTIONS_UNCOMPARED]).rule("abi-plus/sound").since(V12_8),
}

group! {
/// What `devices/audio` holds.
AUDIO:
    attr("@id", NUMBER),
    attr("@type", one_of(&["none", "dbus", "alsa", "coreaudio", "jack", "oss", "pipewire", "pulseaudio", "sdl", "spice", "file"])),
    attr("@timerPeriod", NUMBER),
    attr("@driver", one_of(&["esd", "alsa", "arts", "pulseaudio"])),
    attr("@serverName", TEXT),
    attr("@runtimeDir", TEXT).since(V12_8),
    attr("@path", TEXT),
    attr("@tryMMap", YES_NO),
    attr("@exclusive", YES_NO),
    attr("@dspPolicy", INT),
    elem("input", &[&AUDIO_STREAM]),
    elem("output", &[&AUDIO_STREAM]),
}

group! {
/// One way of the sound, as the host's sound system wants it.
AUDIO_STREAM:
    attr("@mixingEngine", YES_NO),
    attr("@fixedSettings", YES_NO),
    attr("@voices", NUMBER),
    attr("@bufferLength", NUMBER),
    attr("@bufferCount", NUMBER),
    attr("@latency", NUMBER),
    attr("@name", TEXT),
    attr("@streamName", TEXT),
    attr("@serverName", TEXT),
    attr("@clientName", TEXT),
    attr("@connectPorts", TEXT),
    attr("@exactName", YES_NO),
    attr("@dev", TEXT),
    attr("@tryPoll", YES_NO),
    elem("settings", &[&[
        attr("@frequency", NUMBER),
        attr("@channels", NUMBER),
        attr("@format", one_of(&["s8", "u8", "s16", "u16", "s32", "u32", "f32"])),
    ]]),
}
