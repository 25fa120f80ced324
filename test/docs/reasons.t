# docs/REASONS.md has every reason of the code, and what test/docs/reasons.txt says about it.
use v5.36;
use Test::More;

my $wanted = qx(perl test/docs/reasons.pl);
is $?, 0, 'every reason has a cause and a fix';
open my $in, '<', 'docs/REASONS.md' or die "docs/REASONS.md: $!\n";
my $page = do { local $/; <$in> };
ok $page eq $wanted, 'docs/REASONS.md is up to date' or diag 'make it again: perl test/docs/reasons.pl > docs/REASONS.md';
my @headings = $page =~ /^### ([a-z_0-9]+)$/mg;
cmp_ok scalar @headings, '>=', 90, 'each has a heading, to which logs and pages can point';
done_testing;
