// The call's vocabulary is this room's own as much as the PBX lines': who imports the room has its words.
@_exported import CallModel
