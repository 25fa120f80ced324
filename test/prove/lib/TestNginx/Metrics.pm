package TestNginx::Metrics;

# Metrics of nginx, as a scraper has them.

use v5.36;
use parent 'Exporter';

our @EXPORT = qw(scrape metric sum_of);

our $path = '/metrics';

# { 'name{label="value",...}' => value }, as it stands in the text.
sub scrape ($nginx, %request) {
    my $response = $nginx->get($path, %request);
    die 'metrics: ' . $response->status . "\n" if $response->status != 200;
    return { map { /\A(.*) (\S+)\z/ ? ($1 => $2) : die "no sample: $_\n" } grep { !/\A#/ } split /\n/, $response->body };
}

# The value of a sample by its text; 0 when there is none.
sub metric ($nginx, $sample, %request) { return scrape($nginx, %request)->{$sample} // 0 }

# Of all samples that match.
sub sum_of ($nginx, $pattern) {
    my ($samples, $sum) = (scrape($nginx), 0);
    $sum += $samples->{$_} for grep { $_ =~ $pattern } keys %$samples;
    return $sum;
}

1;
