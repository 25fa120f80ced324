# Links between our documents lead somewhere: the file is there, and so is the heading.
use v5.36;
use Test::More;

chomp(my @documents = qx(git ls-files --cached --others --exclude-standard '*.md'));

sub text_of ($file) {
    open my $in, '<:encoding(UTF-8)', $file or die "$file: $!\n";
    local $/;
    return <$in> =~ s/^```.*?^```//msgr;
}

# As the forges make them: lower case, spaces to hyphens, other punctuation dropped.
sub anchors_of ($file) {
    return map { lc =~ s/[^\w\- ]//gr =~ tr/ /-/r } text_of($file) =~ /^#+ +(.+?) *$/mg;
}

sub problem_with ($from, $link) {
    my ($path, $anchor) = split /#/, $link, 2;
    my $folder = $from =~ s{[^/]*\z}{}r;
    my $target = $path eq '' ? $from : "$folder$path";
    return "$target is not there" unless -e $target;
    return if !defined $anchor || grep { $_ eq $anchor } anchors_of($target);
    return "$target has no heading for #$anchor";
}

my $count = 0;
for my $document (@documents) {
    my @links = grep { !/^\w+:/ } text_of($document) =~ /\]\(([^()\s]+)\)/g;
    $count += @links;
    is_deeply [map { problem_with($document, $_) } @links], [], "$document: " . @links . ' links';
}
cmp_ok scalar @documents, '>', 3, 'there are documents';
diag "$count links checked in " . @documents . ' documents';
done_testing;
