import LoRWeBTorch

extension CheckpointError {
  /// One sentence: where, what was expected, what was found, what to do.
  public var description: String {
    // One table on purpose: the compiler then asks for a sentence when a case is added.
    switch self {
    case .fileNotFound(let file):
      "\(shown(file)): no such file; check the path."
    case .isDirectory(let file):
      "\(shown(file)): expected a weight file, found a folder; name the file inside it."
    case .notARegularFile(let file):
      "\(shown(file)): expected a regular file, found a pipe, socket or device; give the path of a file."
    case .unreadable(let file, let reason):
      "\(shown(file)): can't be read (\(reason)); check the path and its permissions."
    case .emptyFile(let file):
      "\(shown(file)): expected a safetensors file, found an empty file; copy or download it again."
    case .fileTooShort(let file, let found):
      "\(shown(file)): expected at least 8 bytes that give the header's length, found \(found); copy or download it again."
    case .foreignFormat(let file, let format, let advice):
      "\(shown(file)): expected a safetensors file, found \(format); \(advice)."
    case .pickleRefused(let file):
      "\(shown(file)): pickled weights are refused because loading them can run code; convert them to safetensors."
    case .headerEmpty(let file):
      "\(shown(file)): expected a JSON header, found a header of 0 bytes; copy or download the file again."
    case .headerTooLarge(let file, let found, let limit):
      "\(shown(file)): the header may have \(limit) bytes, its length says \(found); this is no safetensors file or a damaged one."
    case .headerTruncated(let file, let expected, let found):
      "\(shown(file)): the header should have \(expected) bytes but the file has only \(found) after its length; download it again."
    case .notUTF8(let file, let offset):
      "\(shown(file)): expected UTF-8 text, found another byte at offset \(offset) of the JSON; write the file again."
    case .headerNotObject(let file, let found):
      "\(shown(file)): expected a header that begins with {, found \(found); this is no safetensors file or a damaged one."
    case .malformedJSON(let file, let offset, let expected, let found):
      "\(shown(file)): expected \(expected) at offset \(offset) of the JSON, found \(found); write the file again."
    case .textAfterJSON(let file, let offset, let found):
      "\(shown(file)): expected only white space after the JSON object, found \(found) at offset \(offset); write the file again."
    case .metadataNotObject(let file, let found):
      "\(shown(file)): expected an object of strings as __metadata__, found \(found); write the file again."
    case .metadataNotString(let file, let key, let found):
      "\(shown(file)): expected a string as metadata entry \(quoted(key)), found \(found); write the file again."
    case .duplicateMetadataKey(let file, let key):
      "\(shown(file)): expected each metadata key once, found \(quoted(key)) twice; write the file again."
    case .duplicateName(let file, let name):
      "\(shown(file)): expected each tensor name once, found \(quoted(name)) twice; write the file again."
    case .emptyName(let file):
      "\(shown(file)): expected a name for every tensor, found an empty one; write the file again with names."
    case .reservedName(let file, let name):
      "\(shown(file)): expected a tensor's name, found \(quoted(name)), which the format keeps for itself; rename the tensor."
    case .entryNotObject(let file, let name, let found):
      "\(shown(file)): expected an object as entry of tensor \(quoted(name)), found \(found); write the file again."
    case .duplicateField(let file, let name, let field):
      "\(shown(file)): expected \(quoted(field)) of tensor \(quoted(name)) once, found it twice; write the file again."
    case .unknownField(let file, let name, let field):
      "\(shown(file)): expected dtype, shape and data_offsets of tensor \(quoted(name)), found \(quoted(field)) too; "
        + "write the file again."
    case .missingField(let file, let name, let field):
      "\(shown(file)): expected dtype, shape and data_offsets of tensor \(quoted(name)), found no \(quoted(field)); "
        + "write the file again."
    case .wrongFieldType(let file, let name, let field, let expected, let found):
      "\(shown(file)): expected \(expected) as \(field) of tensor \(quoted(name)), found \(found); write the file again."
    case .unknownDType(let file, let name, let found):
      "\(shown(file)): expected one of \(DType.safetensorsNames) as dtype of tensor \(quoted(name)), found \(quoted(found)); "
        + "write the file again with one of these."
    case .unsupportedDType(let file, let name, let found):
      "\(shown(file)): expected one of \(DType.safetensorsNames) as dtype of tensor \(quoted(name)), found \(found), "
        + "which nothing here computes with; convert the tensor."
    case .negativeNumber(let file, let name, let field, let found):
      "\(shown(file)): expected a number of zero or more in \(field) of tensor \(quoted(name)), found \(found); "
        + "write the file again."
    case .fractionalNumber(let file, let name, let field, let found):
      "\(shown(file)): expected a whole number in \(field) of tensor \(quoted(name)), found \(found); write the file again."
    case .numberTooLarge(let file, let name, let field, let found):
      "\(shown(file)): expected a number below 2^63 in \(field) of tensor \(quoted(name)), found \(found); write the file again."
    case .tooManyDimensions(let file, let name, let limit):
      "\(shown(file)): expected at most \(limit) dimensions in the shape of tensor \(quoted(name)), found more; "
        + "write the file again."
    case .sizeOverflow(let file, let name, let shape):
      "\(shown(file)): expected a size below 2^63 bytes for tensor \(quoted(name)), found shape \(brief(shape)); "
        + "write the file again."
    case .wrongOffsetCount(let file, let name, let found):
      "\(shown(file)): expected two numbers in data_offsets of tensor \(quoted(name)), found \(found); write the file again."
    case .offsetsReversed(let file, let name, let begin, let end):
      "\(shown(file)): expected data_offsets of tensor \(quoted(name)) in rising order, found \(begin) then \(end); "
        + "write the file again."
    case .offsetsOutsideFile(let file, let name, let end, let available):
      "\(shown(file)): tensor \(quoted(name)) should end at byte \(end) of the data but the file holds \(available); "
        + "it was cut short, so copy or download it again."
    case .sizeMismatch(let file, let name, let shape, let dtype, let expected, let found):
      "\(shown(file)): tensor \(quoted(name)) of shape \(brief(shape)) and dtype \(dtype) needs \(expected) bytes, "
        + "its data_offsets span \(found); write the file again."
    case .overlap(let file, let name, let other, let offset):
      "\(shown(file)): expected bytes of its own for each tensor, found \(quoted(name)) beginning at byte \(offset) inside "
        + "\(quoted(other)); write the file again."
    case .hole(let file, let name, let begin, let end):
      "\(shown(file)): expected tensor \(quoted(name)) to begin at byte \(begin) of the data, found it at \(end) with bytes of "
        + "no tensor between; write the file again."
    case .trailingBytes(let file, let expected, let found):
      "\(shown(file)): expected \(expected) bytes of data, found \(found); bytes of no tensor follow, so write the file again."
    case .noSuchTensor(let file, let name):
      "\(shown(file)): expected a tensor named \(quoted(name)), found none; check that the weights belong to this model."
    case .missingWeightMap(let file):
      "\(shown(file)): expected an object named weight_map in the index, found none; download the index again."
    case .emptyWeightMap(let file):
      "\(shown(file)): expected tensor names in weight_map, found an empty one; download the index again."
    case .shardNotString(let file, let key, let found):
      "\(shown(file)): expected a file name for key \(quoted(key)), found \(found); download the index again."
    case .unsafeShardName(let file, let key, let found):
      "\(shown(file)): expected the plain name of a .safetensors file beside the index for key \(quoted(key)), found "
        + "\(quoted(found)); correct the index."
    case .missingShard(let file, let shard):
      "\(shown(file)): expected the shard \(quoted(shard)) beside the index, found no such file; download it."
    case .keyNotInShard(let file, let key, let shard):
      "\(shown(file)): expected key \(quoted(key)) in the shard \(quoted(shard)), found it missing there; download both again."
    case .keyInTwoShards(let file, let key, let shard, let other):
      "\(shown(file)): expected key \(quoted(key)) in one shard, found it in \(quoted(shard)) and \(quoted(other)); "
        + "download the shards again."
    case .keyNotInIndex(let file, let key, let shard):
      "\(shown(file)): expected every tensor of the shard \(quoted(shard)) in the index, found \(quoted(key)) missing from it; "
        + "download both again."
    case .noWeights(let folder, let found):
      "\(shown(folder)): expected diffusion_pytorch_model.safetensors or model.safetensors (or their index), found "
        + "\(listed(found)); check that this is a component's folder."
    case .onlyPickledWeights(let folder, let found):
      "\(shown(folder)): expected safetensors weights, found only \(listed(found)), refused because loading pickles can run "
        + "code; convert them to safetensors."
    case .ambiguousWeights(let folder, let found):
      "\(shown(folder)): expected the weights of one component, found \(listed(found)); keep one of them."
    case .headerTooLargeToWrite(let file, let needed, let limit):
      "\(shown(file)): the header may have \(limit) bytes, these names and metadata need \(needed); shorten the metadata or write "
        + "several files."
    case .folderNotFound(let file, let folder):
      "\(shown(file)): expected the folder \(shown(folder)) to write to, found none; create it first."
    case .noSpace(let file, let needed, let free?):
      "\(shown(file)): writing it needs \(needed) bytes, the disk has \(free) free; free some space or choose another disk."
    case .noSpace(let file, let needed, nil):
      "\(shown(file)): writing it needs \(needed) bytes and the disk filled up; free some space or choose another disk."
    case .unwritable(let file, let reason):
      "\(shown(file)): can't be written (\(reason)); check the folder and its permissions."
    case .bodyMismatch(let file, let name, let expected, let found):
      "\(shown(file)): expected \(expected) for tensor \(quoted(name)), found \(found); give the tensor that was announced."
    }
  }
}

/// A path as it can stand in a sentence: line breaks and other invisible characters escaped, nothing cut.
private func shown(_ path: String) -> String {
  escaped(path.unicodeScalars)
}

/// A name from a file as it can stand in a sentence: quoted, escaped, cut after 80 characters.
func quoted(_ name: String) -> String {
  let scalars = name.unicodeScalars
  let head = scalars.prefix(80)
  return "\"" + escaped(head) + (head.endIndex == scalars.endIndex ? "\"" : "…\"")
}

private func escaped(_ scalars: some Sequence<Unicode.Scalar>) -> String {
  scalars.reduce(into: "") { text, scalar in
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse:
      text += "\\u{\(String(scalar.value, radix: 16))}"
    default: text.unicodeScalars.append(scalar)
    }
  }
}

private func brief(_ shape: [Int]) -> String {
  shape.count > 8 ? "[\(shape.prefix(8).map(String.init).joined(separator: ", ")), …]" : "\(shape)"
}

private func listed(_ names: [String]) -> String {
  if names.isEmpty { return "none of them" }
  return names.prefix(5).map(quoted).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
}
