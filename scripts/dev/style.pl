#!/usr/bin/perl
# Finds unwanted words (style-words.txt, in this folder) in what people read: prose of Markdown, comments of configurations and
# commands, whole texts. Prints each with its line and what to write instead, then how many there are.
#
#   scripts/dev/style.pl FILE...            fails when it finds one
#   scripts/dev/style.pl --count FILE...    prints how many each file has, and never fails
#   git show REVISION:FILE | scripts/dev/style.pl --count --as FILE -
use v5.36;
use open qw(:std :encoding(UTF-8));
use File::Basename qw(dirname);

sub slurp ($file) {
    local $/;
    return scalar <STDIN> if $file eq '-';
    open my $in, '<:encoding(UTF-8)', $file or die "$file: $!\n";
    return scalar <$in>;
}

# [pattern, what to write instead]
sub rules () {
    my @rules;
    for my $line (split /\n/, slurp(dirname(__FILE__) . '/style-words.txt')) {
        next if $line =~ /^(#|\s*$)/;
        my ($pattern, $instead) = split / => /, $line, 2;
        die "style-words.txt: no \" => \" in: $line\n" if !defined $instead;
        $pattern =~ s/(?<!\[) /\\s+/g;
        push @rules, [qr/(?i)$pattern/, $instead];
    }
    return @rules;
}

sub blank ($text) { return $text =~ s/[^\n]/ /gr }

# The comments of a text, at their places. Lines of comments below each other are one text.
sub comments ($text) {
    return join "\n", map { /^(.*?(?:^|\s))#+(?=\s|$)(.*)/ ? blank($1) . ' ' . $2 : blank($_) } split /\n/, $text, -1;
}

# Without code, addresses of links and comments; of fenced blocks the comments stay.
sub prose ($text) {
    $text =~ s{^(```(\S*)([^\n]*)\n)(.*?)^(```[ ]*)$}{
        my ($begin, $language, $marks, $block, $end) = ($1, $2, $3, $4, $5);
        my $is_code = $language !~ /^(text|json|mermaid)?\z/ && $marks !~ /\boutput\b/;
        blank($begin) . ($is_code ? comments($block) : blank($block)) . blank($end)}gmse;
    $text =~ s/(<!--.*?-->)/blank($1)/gse;
    $text =~ s/(`[^`\n]+`)/'`' . blank(substr $1, 2) . '`'/ge;
    $text =~ s/(\]\([^()\s]+\))/blank($1)/ge;
    return $text;
}

sub readable ($file, $text) {
    return prose($text) if $file =~ /\.md$/;
    return comments($text) if $file =~ /\.(conf|ya?ml|env|sh)$|Dockerfile/;
    return $text;
}

my ($count, $as) = (0, undef);
while (@ARGV && $ARGV[0] =~ /^--/) {
    my $option = shift;
    if    ($option eq '--count') { $count = 1 }
    elsif ($option eq '--as')    { $as    = shift }
    else                         { die "unknown option $option\n" }
}

my @rules = rules();
my $total = 0;
for my $file (@ARGV) {
    my $text = readable($as // $file, slurp($file));
    my @found;
    for my $rule (@rules) {
        my ($pattern, $instead) = @$rule;
        while ($text =~ /$pattern/g) {
            my ($words, $place) = ($&, $-[0]);
            my $line = 1 + (substr($text, 0, $+[0]) =~ tr/\n//);
            push @found, [$line, $words =~ s/\s+/ /gr, $instead, $place];
        }
    }
    $total += @found;
    if ($count) { printf "%5d %s\n", scalar @found, $as // $file }
    else        { printf "%s:%d: \"%s\": %s\n", $file, @$_[0 .. 2] for sort { $a->[3] <=> $b->[3] } @found }
}
printf "%5d in all\n", $total if $count || $total;
exit($total && !$count ? 1 : 0);
