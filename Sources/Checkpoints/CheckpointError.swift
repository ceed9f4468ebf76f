import Foundation

/// What can be wrong with a weight file, an index or a component folder, one case for each way to fail.
///
/// Every case says in one sentence what is wrong, in which file and at which key, what was expected, what was found and what to do.
public enum CheckpointError: Error, Equatable, Sendable {
  // The file itself
  /// Nothing is at the path.
  case fileNotFound(file: String)
  /// The path is a folder where a file was asked for.
  case isDirectory(file: String)
  /// The path is a pipe, socket or device.
  case notARegularFile(file: String)
  /// The system refused to open or map the file.
  case unreadable(file: String, reason: String)
  /// The file has no byte at all.
  case emptyFile(file: String)
  /// The file ends inside the eight bytes that give the header's length.
  case fileTooShort(file: String, found: Int)
  /// The first bytes are another format's.
  case foreignFormat(file: String, format: String, advice: String)
  /// The weights are in a pickle, which can run code when it is loaded.
  case pickleRefused(file: String)

  // The header as a whole
  /// The header's length is zero.
  case headerEmpty(file: String)
  /// The header is longer than the format's limit of 100 MB.
  case headerTooLarge(file: String, found: UInt64, limit: Int)
  /// The file ends before its header does.
  case headerTruncated(file: String, expected: Int, found: Int)
  /// A byte of the header or index is not UTF-8.
  case notUTF8(file: String, offset: Int)
  /// The header doesn't begin with `{`.
  case headerNotObject(file: String, found: String)
  /// The header or index breaks JSON's grammar.
  case malformedJSON(file: String, offset: Int, expected: String, found: String)
  /// Something other than white space follows the JSON object.
  case textAfterJSON(file: String, offset: Int, found: String)

  // Metadata
  /// `__metadata__` is not an object.
  case metadataNotObject(file: String, found: String)
  /// A metadata value is not a string.
  case metadataNotString(file: String, key: String, found: String)
  /// A metadata key stands twice.
  case duplicateMetadataKey(file: String, key: String)

  // One tensor's entry
  /// A tensor name stands twice (names that differ only in Unicode normal form count as one).
  case duplicateName(file: String, name: String)
  /// A tensor has the empty name.
  case emptyName(file: String)
  /// A tensor is to be written under the name kept for metadata.
  case reservedName(file: String, name: String)
  /// A tensor's entry is not an object.
  case entryNotObject(file: String, name: String, found: String)
  /// A field of an entry stands twice.
  case duplicateField(file: String, name: String, field: String)
  /// An entry has a field that the format doesn't have.
  case unknownField(file: String, name: String, field: String)
  /// An entry lacks `dtype`, `shape` or `data_offsets`.
  case missingField(file: String, name: String, field: String)
  /// A field holds another type of JSON value.
  case wrongFieldType(file: String, name: String, field: String, expected: String, found: String)
  /// The dtype is none of the format's.
  case unknownDType(file: String, name: String, found: String)
  /// The dtype is one of the format's that nothing here computes with.
  case unsupportedDType(file: String, name: String, found: String)
  /// A size or offset is below zero.
  case negativeNumber(file: String, name: String, field: String, found: String)
  /// A size or offset has a fraction or an exponent.
  case fractionalNumber(file: String, name: String, field: String, found: String)
  /// A size or offset doesn't fit 64 bits with a sign.
  case numberTooLarge(file: String, name: String, field: String, found: String)
  /// More dimensions than a tensor can have.
  case tooManyDimensions(file: String, name: String, limit: Int)
  /// The sizes multiplied don't fit 64 bits with a sign.
  case sizeOverflow(file: String, name: String, shape: [Int])
  /// `data_offsets` holds fewer or more than two numbers.
  case wrongOffsetCount(file: String, name: String, found: Int)
  /// The end of a tensor's bytes lies before their beginning.
  case offsetsReversed(file: String, name: String, begin: Int, end: Int)
  /// A tensor's bytes reach past the end of the file.
  case offsetsOutsideFile(file: String, name: String, end: Int, available: Int)
  /// The bytes are fewer or more than shape and dtype need.
  case sizeMismatch(file: String, name: String, shape: [Int], dtype: String, expected: Int, found: Int)

  // All tensors together
  /// Two tensors share bytes.
  case overlap(file: String, name: String, other: String, offset: Int)
  /// Bytes before a tensor belong to none.
  case hole(file: String, name: String, begin: Int, end: Int)
  /// Bytes after the last tensor belong to none.
  case trailingBytes(file: String, expected: Int, found: Int)
  /// No tensor of this name is in the file, index or source.
  case noSuchTensor(file: String, name: String)

  // Sharded files
  /// The index has no `weight_map`.
  case missingWeightMap(file: String)
  /// The `weight_map` names no tensor.
  case emptyWeightMap(file: String)
  /// A key of the index maps to something other than a file name.
  case shardNotString(file: String, key: String, found: String)
  /// A shard's name is a path, or not a safetensors file's name.
  case unsafeShardName(file: String, key: String, found: String)
  /// A shard that the index names isn't there.
  case missingShard(file: String, shard: String)
  /// The index maps a key to a shard that lacks it.
  case keyNotInShard(file: String, key: String, shard: String)
  /// A key is in two shards.
  case keyInTwoShards(file: String, key: String, shard: String, other: String)
  /// A shard holds a key that the index doesn't map.
  case keyNotInIndex(file: String, key: String, shard: String)

  // Component folders
  /// The folder holds no weight file of a known name.
  case noWeights(folder: String, found: [String])
  /// The folder holds only pickled weights.
  case onlyPickledWeights(folder: String, found: [String])
  /// The folder holds weights of both libraries' names.
  case ambiguousWeights(folder: String, found: [String])

  // Writing
  /// Names and metadata are more than a header may hold.
  case headerTooLargeToWrite(file: String, needed: Int, limit: Int)
  /// The folder to write to isn't there.
  case folderNotFound(file: String, folder: String)
  /// The disk can't hold the file.
  case noSpace(file: String, needed: Int, free: Int?)
  /// The system refused to create, write or rename the file.
  case unwritable(file: String, reason: String)
  /// A tensor made while writing isn't the one that was announced.
  case bodyMismatch(file: String, name: String, expected: String, found: String)
}

extension CheckpointError: CustomStringConvertible, LocalizedError {
  /// The same sentence as `description`.
  public var errorDescription: String? { description }
}
