//! Small feeds of every dialect and in every state of disrepair.
