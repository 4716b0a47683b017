import Warren

func time(_ microseconds: Int64) -> Timestamp { Timestamp(microseconds: microseconds) }

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
