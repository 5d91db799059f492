"""Who the customers are: identities, the customers they make up, what is known of them, who follows them."""
