namespace Grpc.Core;

/// <summary>The outcomes of a call, with the numbers that travel in the <c>grpc-status</c> trailer.</summary>
public enum StatusCode
{
    /// <summary>The call succeeded.</summary>
    OK = 0,

    /// <summary>The call was cancelled, usually by the caller.</summary>
    Cancelled = 1,

    /// <summary>An error that says nothing about itself.</summary>
    Unknown = 2,

    /// <summary>The request is wrong whatever state the server is in.</summary>
    InvalidArgument = 3,

    /// <summary>The deadline passed before the call was done.</summary>
    DeadlineExceeded = 4,

    /// <summary>What was asked for doesn't exist.</summary>
    NotFound = 5,

    /// <summary>What was to be created exists already.</summary>
    AlreadyExists = 6,

    /// <summary>The caller is known and isn't allowed to do this.</summary>
    PermissionDenied = 7,

    /// <summary>A limit is reached: a quota, a message size, disk space.</summary>
    ResourceExhausted = 8,

    /// <summary>The server isn't in a state in which the call can be done.</summary>
    FailedPrecondition = 9,

    /// <summary>The call was given up because of another one at the same time.</summary>
    Aborted = 10,

    /// <summary>The request reaches past the valid range.</summary>
    OutOfRange = 11,

    /// <summary>The server doesn't have this method.</summary>
    Unimplemented = 12,

    /// <summary>Something the server relies on is broken.</summary>
    Internal = 13,

    /// <summary>The server can't be reached at the moment; a retry may succeed.</summary>
    Unavailable = 14,

    /// <summary>Data is lost or damaged beyond repair.</summary>
    DataLoss = 15,

    /// <summary>The caller isn't known.</summary>
    Unauthenticated = 16,
}
