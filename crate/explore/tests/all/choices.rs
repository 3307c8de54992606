//! The text of choices: it reads back as it was written, and anything else is an error that says where.

use faultline_explore::Choices;
use proptest::prelude::*;

proptest! {
    #[test]
    fn packed_choices_read_back_as_they_were(choices in prop::collection::vec(0u16..400, 0..200)) {
        let choices = Choices::from(choices);
        prop_assert_eq!(choices.to_string().parse::<Choices>(), Ok(choices));
    }

    #[test]
    fn runs_of_one_choice_read_back_as_they_were(runs in prop::collection::vec((0u16..60, 1usize..300), 0..20)) {
        let choices = Choices::from(runs.iter().flat_map(|&(c, n)| vec![c; n]).collect::<Vec<_>>());
        prop_assert_eq!(choices.to_string().parse::<Choices>(), Ok(choices));
    }

    #[test]
    fn any_text_is_choices_or_an_error_that_says_where(text in "[a-cZ0-9_ ,é]{0,12}") {
        match text.parse::<Choices>() {
            Ok(choices) => prop_assert_eq!(choices.to_string().parse::<Choices>(), Ok(choices)),
            Err(error) => prop_assert!(error.to_string().contains("offset")),
        }
    }
}
