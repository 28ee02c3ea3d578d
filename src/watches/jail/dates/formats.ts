/**
 * The dates that logs begin their lines with, or have somewhere in them, each with what it looks like; the first that fits
 * is taken. As date patterns (jail.conf(5)).
 */
export const formats: readonly string[] = [
  // 2005-01-23T21:59:59.981746+02:00, 2005/01/23 21:59:59, 2006.12.21 06:43:20
  "%ExY(?P<_sep>[-/.])%m(?P=_sep)%d(?:T|  ?)%H:%M:%S(?:[.,]%f)?(?:\\s*%z)?",
  // Sun Jan 23 21:59:59.011 2005, Jan  3 21:59:59
  "(?:%a )?%b %d %k:%M:%S(?:\\.%f)?(?: %ExY)?",
  // Sun Jan 23 2005 21:59:59.011
  "(?:%a )?%b %d %ExY %k:%M:%S(?:\\.%f)?",
  // 23/01/2005 21:59:59, 23-01-05 21:59:59
  "%d(?P<_sep>[-/])%m(?P=_sep)(?:%ExY|%Exy) %k:%M:%S",
  // 31/Oct/2006:09:22:55 -0000, 26-Jul-2007 15:20:52.252
  "%d(?P<_sep>[-/])%b(?P=_sep)%ExY[ :]?%H:%M:%S(?:\\.%f)?(?: %z)?",
  // 05/20/2008:01:57:39
  "%m/%d/%ExY:%H:%M:%S",
  // 01-27-2012 16:22:44.252
  "%m-%d-%ExY %k:%M:%S(?:\\.%f)?",
  // 1138049999.011: seconds since 1970
  "EPOCH",
  // 21:59:59, at the beginning only
  "{^LN-BEG}%H:%M:%S",
  // <01/23/05@21:59:59>
  "^<%m/%d/%Exy@%H:%M:%S>",
  // 050123 21:59:59
  "%Exy%Exm%Exd  ?%H:%M:%S",
  // Jan 23, 2005 9:59:59 PM
  "%b %d, %ExY %I:%M:%S %p",
  // Jan-23-05 21:59:59
  "^%b-%d-%Exy %k:%M:%S",
  // 20050123T215959, 20050123 215959
  "%ExY%Exm%Exd(?:T|  ?)%ExH%ExM%ExS(?:[.,]%f)?(?:\\s*%z)?",
  // PST Jan 23 21:59:59, +00:00 Jan 23 21:59:59.011 2005
  "(?:%Z )?(?:%a )?%b %d %k:%M:%S(?:\\.%f)?(?: %ExY)?",
  "(?:%z )?(?:%a )?%b %d %k:%M:%S(?:\\.%f)?(?: %ExY)?",
  // @4000000041f4104f00000000: TAI64N, see https://cr.yp.to/libtai/tai64.html
  "TAI64N",
];
