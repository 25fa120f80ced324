# docs/dev/CONFORMANCE.md says what the tests say.
use v5.36;
use Test::More;

my $wanted = qx(perl test/docs/conformance.pl);
is $?, 0, 'every requirement has a test or a reason';
open my $in, '<', 'docs/dev/CONFORMANCE.md' or die "docs/dev/CONFORMANCE.md: $!\n";
my $there = do { local $/; <$in> };
ok $there eq $wanted, 'docs/dev/CONFORMANCE.md is up to date'
  or diag 'make it again: perl test/docs/conformance.pl > docs/dev/CONFORMANCE.md';
done_testing;
